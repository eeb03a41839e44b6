#!/usr/bin/env python3
"""How long a member's further messages should join their request: what each `merge_window` does to real chat.

usage: benches/merge_window.py PROGRAM FOLDER      (the built `vigie`, and a folder of NAME.jsonl with NAME.gold.json)

An annotated request that joined an earlier one of its member is a ping that nobody got: it is counted as swallowed. A
further message of the member between the request and its annotated answer is counted as joined or as left over: what is
left over is judged by itself and may ping again. The figures are those of all files together.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

WINDOWS = ["0s", "1m", "2m", "3m", "5m", "8m", "15m", "30m", "60m"]
COMMUNITY = """\
[community]
platform = "playground"
id = "channel"
name = "Channel"
merge_window = "{window}"
[[watch]]
channel = "{channel}"
"""
DESK = """\
[[desk]]
route = "{route}"
channel = "desk"
role = "{route}"
"""


def community(window, channel):
    desks = [DESK.format(route=route) for route in ("customer_service", "product_expert", "pr")]
    return COMMUNITY.format(window=window, channel=channel) + "".join(desks)


def replayed(program, export, channel, window):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(community(window, channel))
        config.flush()
        call = [program, "replay", str(export), "--json", "--config", config.name]
        return json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def counted(messages, gold, document):
    place = {message["id"]: index for index, message in enumerate(messages)}
    joined = {further for request in document["requests"] for further in request["messages"][1:]}
    response = {}
    for request in document["requests"]:
        for message in request["messages"]:
            response[message] = (request["first_response"] or {}).get("message")
    counts = {"requests": 0, "swallowed": 0, "joined": 0, "left": 0, "exact": 0, "found": 0, "true": 0, "right": 0}
    for opener, answer in gold["first_response"].items():
        counts["requests"] += 1
        counts["swallowed"] += opener in joined
        counts["exact"] += response.get(opener) == answer
        counts["found"] += response.get(opener) is not None
        counts["true"] += answer is not None
        counts["right"] += answer is not None and response.get(opener) == answer
        if answer is None:
            continue
        for message in messages[place[opener] + 1 : place[answer]]:
            if message["author"] == messages[place[opener]]["author"] and message["id"] not in gold["first_response"]:
                counts["joined" if message["id"] in joined else "left"] += 1
    return counts


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    exports = sorted(folder.glob("*.jsonl"))
    if not exports:
        sys.exit(f"{folder}: no .jsonl files here")
    print("window   requests  swallowed   joined   left over    exact       F1")
    for window in WINDOWS:
        total = {}
        for export in exports:
            messages = [json.loads(line) for line in export.read_text().splitlines()]
            gold = json.loads(export.with_suffix(".gold.json").read_text())
            document = replayed(program, export, messages[0]["channel"], window)
            for name, count in counted(messages, gold, document).items():
                total[name] = total.get(name, 0) + count
        exact = total["exact"] / total["requests"]
        f1 = 2 * total["right"] / (total["found"] + total["true"])
        print(
            f"{window:>6} {total['requests']:10} {total['swallowed']:10} {total['joined']:8} {total['left']:11}"
            f" {exact:8.4f} {f1:8.4f}"
        )


if __name__ == "__main__":
    main()
