//! The real program as a process: with its own database, against whatever stand-in the test gives it.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::store;

/// How long anything may take before the test counts as failed.
const PATIENCE: Duration = Duration::from_secs(90);

/// A folder with a database, in which the program can be called and run.
pub struct Home {
    folder: TempDir,
    http: SocketAddr,
    database: String,
    variables: Vec<(String, String)>,
}

/// The program while it runs.
pub struct Bot {
    child: Child,
    http: SocketAddr,
}

impl Home {
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a folder of our own");
        // Asked of the system, so that tests can run beside each other.
        let http = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
        let in_the_folder = || format!("sqlite://{}", folder.path().join("vigie.db").display());
        let database = store::empty_address().unwrap_or_else(in_the_folder);
        Self { folder, http, database, variables: Vec::new() }
    }

    /// A second one for the same program: with a folder and a port of its own, and this database.
    pub fn beside(&self) -> Self {
        Self { database: self.database.clone(), variables: self.variables.clone(), ..Self::new() }
    }

    /// With the database at this address.
    #[cfg(feature = "postgres")]
    pub fn on(mut self, database: String) -> Self {
        self.database = database;
        self
    }

    /// Where the database is.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Sets a variable for everything that is called from here on.
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the folder is ours");
        path
    }

    /// Calls the program and waits for its end.
    pub async fn call(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output();
        tokio::time::timeout(PATIENCE, output).await.expect("the call ends").expect("the program starts")
    }

    /// Calls the program with its standard output going there.
    pub async fn call_into(&self, arguments: &[&str], stdout: impl Into<Stdio>) -> Output {
        let child = self.command(arguments).stdout(stdout).stderr(Stdio::piped()).spawn();
        let output = child.expect("the program starts").wait_with_output();
        tokio::time::timeout(PATIENCE, output).await.expect("the call ends").expect("it was started")
    }

    /// Makes the community's settings those of this text.
    pub async fn apply(&self, config: &str) {
        let file = self.write("community.toml", config);
        let output = self.call(&["config", "apply", path_text(&file)]).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts the program to run until it is stopped.
    pub fn start(&self, arguments: &[&str]) -> Bot {
        let child = self.command(arguments).kill_on_drop(true).spawn().expect("the program starts");
        Bot { child, http: self.http }
    }

    /// Starts the program with its log going into a file of the folder.
    pub fn start_logging(&self, arguments: &[&str], log: &str) -> Bot {
        let log = std::fs::File::create(self.path(log)).expect("the folder is ours");
        let child = self.command(arguments).stderr(log).kill_on_drop(true).spawn();
        Bot { child: child.expect("the program starts"), http: self.http }
    }

    /// Starts the program as a shell's script does, which has it as `$0` and the folder as `$1`, with its log going into a
    /// file of the folder.
    pub fn start_by(&self, script: &str, log: &str) -> Bot {
        let log = std::fs::File::create(self.path(log)).expect("the folder is ours");
        let mut shell = self.prepared("sh");
        shell.args(["-c", script, env!("CARGO_BIN_EXE_vigie")]).arg(self.folder.path());
        shell.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let child = shell.stderr(log).kill_on_drop(true).spawn().expect("a shell is there");
        Bot { child, http: self.http }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.prepared(env!("CARGO_BIN_EXE_vigie"));
        command.args(arguments);
        command
    }

    fn prepared(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("DATABASE_URL", &self.database)
            .env("VIGIE_HTTP", self.http.to_string())
            .env("VIGIE_LOG", "warn")
            .stdin(Stdio::null());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }
}

impl Bot {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    pub fn id(&self) -> u32 {
        self.child.id().expect("the program runs")
    }

    /// Asks the program to stop as a service manager does, and waits for its end, which comes within five seconds.
    pub async fn stop(mut self) -> ExitStatus {
        let asked_at = Instant::now();
        let asked = std::process::Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(asked.expect("kill is there").success());
        let status = self.ended().await;
        assert!(asked_at.elapsed() < Duration::from_secs(5), "stopping took {:?}", asked_at.elapsed());
        status
    }

    /// Stops the program where it stands, or lets it go on: `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        let sent =
            std::process::Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Ends the program as a crash does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the program runs");
    }

    /// Waits for the program's own end.
    pub async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("the program ends")
            .expect("it was started")
    }
}

pub fn path_text(path: &Path) -> &str {
    path.to_str().expect("our paths are UTF-8")
}
