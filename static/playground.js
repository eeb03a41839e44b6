// The playground's page: a made-up community on the left, the desks that answer it on the right.
//
// It shows what the server says and sends what the reader does; it decides nothing itself. What people wrote enters
// the page as text nodes only, never as markup, and no style or script is made from it.

const API = '/api/playground';
const ROUTES = ['customer_service', 'product_expert', 'pr'];
const TAGS = { customer_service: '🛎️', product_expert: '🔧', pr: '📣' };
/** Messages of one member closer together than this share one heading. */
const GROUP_MS = 5 * 60 * 1000;
/** Above these many characters a quote, a message is folded. */
const LONG_QUOTE = 260;
const SETTLED_QUOTE = 110;
const REVIEW_QUOTE = 100;
const LONG_MESSAGE = 900;
const TOAST_MS = 7000;
/** How long a character takes to be read. */
const READ_MS = 60;
const RECONNECT_MS = 2000;
const LEAVE_MS = 240;

// ---------------------------------------------------------------------------------------------------------- words

const WORDS = {
  en: {
    title: 'Vigie · Playground', skip: 'Skip to the messages', playground: 'Playground',
    about: 'A made-up community on this machine; nothing here leaves it.',
    language: 'Language of the page', views: 'What to show', community: 'Community', desks: 'Desks', inside: 'Inside the company',
    channels: 'Channels', messages: 'Messages', message: 'Message', send: 'Send', save: 'Save', cancel: 'Cancel',
    startOver: 'Start over', resetText: 'Every message, card and figure of this playground is erased.', erase: 'Erase and start over',
    play: 'Play a busy morning', playing: (time, done, of) => `${time} · ${done} of ${of}`,
    figures: 'Figures', whatTheyMean: 'What do these figures mean?', requests: 'Requests', waiting: 'Waiting', answered: 'Answered', p50: 'First response, median',
    p90: 'First response, 9 in 10', withinTarget: 'Within target',
    oldest: (age) => `oldest ${age}`, dismissed: (n) => `${n} dismissed`, ofAll: (n) => `of ${n}`,
    emptyTitle: 'A quiet morning, so far',
    emptyText: 'Write as a member and see which messages reach a desk, and which are left in peace. For instance:',
    emptyChannel: 'Nothing in this channel yet', playHere: 'Or watch a whole morning play by itself',
    emptyDesk: {
      customer_service: 'Messages that need somebody to open the customer’s file: a bill, an order, an account.',
      product_expert: 'Questions on how the product works, what it can do and which one to choose.',
      pr: 'Journalists, accusations, calls for boycott: what only an official voice may answer.',
    },
    tryThis: 'Try:', writeAs: 'Write as', actAs: 'You act as', members: 'Members', employees: 'Employees', employee: 'Employee',
    enterSends: 'Enter sends', writeIn: (channel) => `Message #${channel}`,
    replyingTo: (name, text) => `Reply to ${name}: ${text}`, editing: (name) => `Editing a message of ${name}`,
    reply: 'Reply', more: 'More', mention: 'Mention', edit: (name) => `Edit as ${name}`, erasePost: (name) => `Delete as ${name}`,
    edited: 'edited', deleted: 'Message deleted', deletedShort: 'a deleted message', newMessages: 'New messages',
    seeMessage: (channel) => `See the message in #${channel}`, seeCard: (desk) => `See the card at ${desk}`, showAll: 'Show all', showLess: 'Show less',
    details: 'Details', reroute: 'Re-route to', more: 'More', newCard: (desk, text) => `New request at ${desk}: ${text}`,
    deskLine: (waiting, p50) => (p50 ? `${waiting} waiting · p50 ${p50}` : `${waiting} waiting`),
    connecting: 'Connecting', liveOn: 'Live', liveOff: 'Reconnecting', failed: 'The server did not answer. Try again.',
    close: 'Close', unread: (n) => `${n} unread`, hasLeft: 'This message is no longer here.', tag: (desk) => `Vigie tagged it: ${desk}`,
  },
  fr: {
    title: 'Vigie · Bac à sable', skip: 'Aller aux messages', playground: 'Bac à sable',
    about: 'Une communauté inventée, sur cette machine ; rien n’en sort.',
    language: 'Langue de la page', views: 'Ce qu’il faut montrer', community: 'Communauté', desks: 'Équipes', inside: 'Dans l’entreprise',
    channels: 'Salons', messages: 'Messages', message: 'Message', send: 'Envoyer', save: 'Enregistrer', cancel: 'Annuler',
    startOver: 'Recommencer', resetText: 'Les messages, les fiches et les chiffres de ce bac à sable seront effacés.', erase: 'Effacer et recommencer',
    play: 'Jouer une matinée chargée', playing: (time, done, of) => `${time} · ${done} sur ${of}`,
    figures: 'Chiffres', whatTheyMean: 'Que veulent dire ces chiffres ?', requests: 'Demandes', waiting: 'En attente', answered: 'Répondues', p50: 'Première réponse, médiane',
    p90: 'Première réponse, 9 sur 10', withinTarget: 'Dans les délais',
    oldest: (age) => `depuis ${age}`, dismissed: (n) => (n > 1 ? `${n} écartées` : `${n} écartée`), ofAll: (n) => `sur ${n}`,
    emptyTitle: 'Une matinée calme, pour l’instant',
    emptyText: 'Écrivez au nom d’un membre et voyez quels messages arrivent à une équipe, et lesquels on laisse tranquilles. Par exemple :',
    emptyChannel: 'Rien dans ce salon pour l’instant', playHere: 'Ou regardez se jouer toute une matinée',
    emptyDesk: {
      customer_service: 'Les messages pour lesquels il faut ouvrir le dossier du client : facture, commande, compte.',
      product_expert: 'Les questions sur le produit : comment il marche, ce qu’il permet, lequel choisir.',
      pr: 'Journalistes, accusations, appels au boycott : ce à quoi seule une voix officielle peut répondre.',
    },
    tryThis: 'Essayez :', writeAs: 'Écrire en tant que', actAs: 'Vous êtes', members: 'Membres', employees: 'Employés', employee: 'Employé',
    enterSends: 'Entrée envoie', writeIn: (channel) => `Message dans #${channel}`,
    replyingTo: (name, text) => `Réponse à ${name} : ${text}`, editing: (name) => `Modification d’un message de ${name}`,
    reply: 'Répondre', more: 'Plus', mention: 'Mentionner', edit: (name) => `Modifier en tant que ${name}`, erasePost: (name) => `Supprimer en tant que ${name}`,
    edited: 'modifié', deleted: 'Message supprimé', deletedShort: 'un message supprimé', newMessages: 'Nouveaux messages',
    seeMessage: (channel) => `Voir le message dans #${channel}`, seeCard: (desk) => `Voir la fiche : ${desk}`, showAll: 'Tout afficher', showLess: 'Réduire',
    details: 'Détails', reroute: 'Réorienter vers', more: 'Plus', newCard: (desk, text) => `Nouvelle demande, ${desk} : ${text}`,
    deskLine: (waiting, p50) => (p50 ? `${waiting} en attente · p50 ${p50}` : `${waiting} en attente`),
    connecting: 'Connexion', liveOn: 'En direct', liveOff: 'Reconnexion', failed: 'Le serveur n’a pas répondu. Réessayez.',
    close: 'Fermer', unread: (n) => (n > 1 ? `${n} non lus` : `${n} non lu`), hasLeft: 'Ce message n’est plus là.', tag: (desk) => `Étiquette de Vigie : ${desk}`,
  },
};

/** What a newcomer may write, and the desk it ought to reach. */
const EXAMPLES = {
  en: [
    ['customer_service', 'I was charged twice this month, can someone look at my account?'],
    ['product_expert', 'How many eSIMs can the phone hold at once?'],
    ['pr', 'Journalist here, can I get a comment on the price rise?'],
    [null, 'Thanks, it works like a charm!'],
  ],
  fr: [
    ['customer_service', 'J’ai été débité deux fois pour ma réservation, qui peut regarder mon dossier ?'],
    ['product_expert', 'Quelles sont les dimensions maximales d’un bagage cabine ?'],
    ['pr', 'Bonjour, je suis journaliste, puis-je avoir une réaction au préavis de grève ?'],
    [null, 'Merci, ça marche nickel !'],
  ],
};

let language = chosenLanguage();
const t = () => WORDS[language];

function chosenLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked in WORDS) return asked;
  return (navigator.language || 'en').toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

function speak(next) {
  language = next;
  document.documentElement.lang = next;
  document.title = t().title;
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t()[node.dataset.t];
  for (const node of document.querySelectorAll('[data-t-label]')) node.setAttribute('aria-label', t()[node.dataset.tLabel]);
  for (const button of document.querySelectorAll('[data-lang]')) button.setAttribute('aria-pressed', String(button.dataset.lang === next));
  showLive();
  showAll();
}

/** 45 s, 12 min, 1 h 05, 2 d. */
function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}`;
  return `${Math.floor(seconds / 86400)} ${language === 'fr' ? 'j' : 'd'}`;
}

const percent = (share) =>
  share === null || share === undefined ? '–' : new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(share);

/** The community's wall clock where the time names its offset, the reader's own where it is UTC. */
function clock(at) {
  const written = /T(\d\d:\d\d).*[+-]\d\d:\d\d$/.exec(at);
  return written ? written[1] : new Date(at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', hour12: false });
}

// ------------------------------------------------------------------------------------------------------- elements

const $ = (id) => document.getElementById(id);

/** An element; strings among the children become text nodes, `null` is left out. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

function avatar(author) {
  const node = h('span', { 'aria-hidden': 'true' });
  paintAvatar(node, author);
  return node;
}

function paintAvatar(node, author) {
  if (!author) return;
  const sum = [...author.id].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) >>> 0, 7);
  const words = author.name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...word][0] ?? '').join('');
  node.className = `avatar hue-${sum % 8} ${author.standing}`;
  node.textContent = letters.toLocaleUpperCase();
}

/** Text as it was written, with the members it mentions by their names. */
function written(text) {
  const pieces = text.split(/(<@!?[\w-]+>|@[\w-]+)/u);
  return pieces.map((piece) => {
    const id = /^<?@!?([\w-]+)>?$/u.exec(piece)?.[1];
    const person = id && people.get(id);
    return person ? h('span', { class: 'mention' }, `@${person.name}`) : piece;
  });
}

const plain = (text) => text.replace(/<?@!?([\w-]+)>?/gu, (all, id) => (people.has(id) ? `@${people.get(id).name}` : all));
const short = (text, length = 90) => (text.length > length ? `${text.slice(0, length).trimEnd()}…` : text);

// ---------------------------------------------------------------------------------------------------- what is known

let community = { id: '', name: '…', language: 'en' };
let people = new Map();
let channels = [];
let posts = new Map();
let figures = null;
let morning = { playing: false, done: 0, of: 0 };
let live = 'waiting';

let here = null;
let unread = new Map();
let replyTo = null;
let editing = null;
/** What the reader unfolded, so that a change of it does not fold it again. */
const unfolded = new Set();

const key = (channel, id) => `${channel}/${id}`;
const publicChannels = () => channels.filter((channel) => channel.kind === 'public');
const deskChannels = () => channels.filter((channel) => channel.kind === 'desk');
const channelName = (id) => channels.find((channel) => channel.id === id)?.name ?? id;
const deskName = (route) => deskChannels().find((channel) => channel.route === route)?.name ?? route;
const inOrder = (channel) => [...posts.values()].filter((post) => post.channel === channel).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
const isLive = ({ card }) => Boolean(card) && !isMoved(card) && ['open', 'claimed'].includes(card.state);
/** A card that only says where its request went. */
const isMoved = (card) => Boolean(card.note) && !card.buttons.length;
/** What somebody waits for stands above what only wants a look, and that above what is settled. */
const rank = (post) => (isLive(post) ? 0 : post.review ? 1 : 2);
const cardOf = (post) =>
  [...posts.values()].find((other) => other.card && !isMoved(other.card) && other.card.message.id === post.id && other.card.message.channel === post.channel);

// ------------------------------------------------------------------------------------------------------ the server

async function call(method, path, body = {}) {
  let response;
  try {
    response = await fetch(API + path, {
      method, headers: { 'Content-Type': 'application/json', 'X-Vigie': 'playground' }, body: JSON.stringify(body),
    });
  } catch {
    throw new Error(t().failed);
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    // Not JSON: the status alone speaks.
  }
  if (!response.ok) throw new Error(answer?.error ?? t().failed);
  return answer;
}

/** Does it, and says so when it could not be done. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message, 'error');
    return undefined;
  }
}

/** Events that arrive while the state is being fetched wait here, so that an older state cannot undo them. */
let held = null;

async function load() {
  const mine = [];
  held = mine;
  try {
    const response = await fetch(`${API}/state`, { headers: { 'X-Vigie': 'playground' } });
    if (!response.ok) throw new Error(t().failed);
    const state = await response.json();
    if (held !== mine) return;
    held = null;
    take(state);
    mine.forEach((apply) => apply());
  } catch {
    if (held !== mine) return;
    setTimeout(load, RECONNECT_MS);
  }
}

function take(state) {
  ({ community, channels, figures, morning } = state);
  people = new Map(state.people.map((person) => [person.id, person]));
  posts = new Map(state.posts.map((post) => [key(post.channel, post.id), post]));
  unread = new Map();
  replyTo = editing = null;
  if (!publicChannels().some((channel) => channel.id === here)) {
    const last = state.posts.findLast((post) => publicChannels().some((channel) => channel.id === post.channel));
    here = last?.channel ?? publicChannels()[0]?.id ?? null;
  }
  showAll();
  toEnd();
  meetInOneLanguage();
}

/** Whether this page has chosen the community's language yet; two open pages must not go on correcting each other. */
let hasMet = false;

/** A community in which nothing has happened yet speaks the reader's language from the start. */
function meetInOneLanguage() {
  if (hasMet || posts.size > 0 || morning?.playing) return;
  hasMet = true;
  if (community.language !== language) attempt(() => call('POST', '/reset', { language }));
}

function listen() {
  const source = new EventSource(`${API}/events`);
  const on = (name, apply) =>
    source.addEventListener(name, (event) => {
      const data = event.data ? JSON.parse(event.data) : null;
      if (held) held.push(() => apply(data));
      else apply(data);
    });
  source.addEventListener('open', () => {
    live = 'on';
    showLive();
    load();
  });
  source.addEventListener('error', () => {
    live = 'off';
    showLive();
    // A refused connection is not tried again by the browser itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, RECONNECT_MS);
  });
  on('post', keep);
  on('gone', ({ channel, id }) => lose(channel, id));
  on('figures', (next) => {
    figures = next;
    showFigures();
  });
  on('morning', (next) => {
    morning = next;
    showMorning();
  });
  source.addEventListener('reset', load);
}

function keep(post) {
  const before = posts.get(key(post.channel, post.id));
  if (before && JSON.stringify(before) === JSON.stringify(post)) return;
  posts.set(key(post.channel, post.id), post);
  const channel = channels.find((other) => other.id === post.channel);
  if (channel?.kind === 'desk') {
    showDeskPost(channel, post);
    if (post.card) refreshTags(post.card.message);
    if (!before && post.card && !isMoved(post.card)) say(t().newCard(channel.name, short(plain(post.card.quote))));
    return;
  }
  if (!before && post.channel !== here) unread.set(post.channel, (unread.get(post.channel) ?? 0) + 1);
  if (post.channel === here) showPost(post, !before);
  showChannels();
}

function lose(channel, id) {
  const post = posts.get(key(channel, id));
  if (!post) return;
  if (deskChannels().some((desk) => desk.id === channel)) {
    posts.delete(key(channel, id));
    leave(nodeOf(channel, id));
    showDeskHeads();
    return;
  }
  const gone = { ...post, text: '', tags: [], deleted: true };
  posts.set(key(channel, id), gone);
  if (replyTo?.id === id || editing?.id === id) stopContext();
  if (channel === here) showPost(gone, false);
}

// ------------------------------------------------------------------------------------------------- the whole page

function showAll() {
  $('community-name').textContent = community.name;
  $('posts').lang = $('columns').lang = community.language;
  showPeople();
  showChannels();
  showPosts();
  showDesks();
  showFigures();
  showMorning();
  showComposer();
}

function showLive() {
  $('live').dataset.state = live;
  $('live-word').textContent = { waiting: t().connecting, on: t().liveOn, off: t().liveOff }[live];
}

function showPeople() {
  const all = [...people.values()];
  const members = all.filter((person) => person.standing === 'member');
  const employees = all.filter((person) => person.standing === 'employee');
  const option = (person) => h('option', { value: person.id }, person.desk ? `${person.name} · ${deskName(person.desk)}` : person.name);
  const group = (label, list) => h('optgroup', { label }, ...list.map(option));
  fill($('writer'), [group(t().members, members), group(t().employees, employees)], members[0] ?? employees[0]);
  fill($('actor'), employees.map(option), employees[0]);
  paintPeople();
}

/** Puts the options in and keeps the choice where it is still one. */
function fill(select, options, first) {
  const before = select.value;
  select.replaceChildren(...options);
  select.value = people.has(before) ? before : (first?.id ?? '');
}

function paintPeople() {
  paintAvatar($('writer-avatar'), people.get($('writer').value));
  paintAvatar($('actor-avatar'), people.get($('actor').value));
}

function showChannels() {
  const buttons = publicChannels().map((channel) => {
    const count = unread.get(channel.id) ?? 0;
    return h(
      'button',
      {
        type: 'button', 'data-testid': `channel-${channel.id}`, 'data-key': channel.id, 'aria-current': channel.id === here ? 'true' : null,
        onclick: () => visit(channel.id),
      },
      h('span', { class: 'hash', 'aria-hidden': 'true' }, '#'), channel.name,
      count ? h('b', { class: 'count', 'aria-label': t().unread(count) }, String(count)) : null,
    );
  });
  keepFocus($('channels'), () => $('channels').replaceChildren(...buttons));
}

function visit(channel) {
  here = channel;
  unread.delete(channel);
  stopContext();
  showChannels();
  showPosts();
  showComposer();
  toEnd();
}

function show(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll('.views [data-view]')) button.setAttribute('aria-pressed', String(button.dataset.view === view));
  if (view === 'community') toEnd();
}

/** Does work that replaces elements and gives the focus back to the one with the same data-key. */
function keepFocus(root, work) {
  const held = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  work();
  if (held) [...root.querySelectorAll('[data-key]')].find((node) => node.dataset.key === held)?.focus({ preventScroll: true });
}

// ------------------------------------------------------------------------------------------------------- messages

const nodeOf = (channel, id) => [...document.querySelectorAll('[data-post]')].find((node) => node.dataset.post === key(channel, id));

function showPosts() {
  const list = here === null ? [] : inOrder(here);
  $('posts').replaceChildren(...list.map(messageNode));
  groupPosts();
  showEmpty();
}

function showPost(post, isNew) {
  const atEnd = isAtEnd();
  const old = nodeOf(post.channel, post.id);
  const node = messageNode(post);
  if (old) keepFocus(old.parentNode, () => old.replaceWith(node));
  else {
    const after = [...$('posts').children].findLast((other) => Date.parse(other.dataset.at) <= Date.parse(post.at));
    if (after) after.after(node);
    else $('posts').prepend(node);
  }
  if (isNew) node.classList.add('arrives');
  groupPosts();
  showEmpty();
  if (atEnd) toEnd();
  else if (isNew) $('to-end').hidden = false;
}

/** A message right after one of the same member shows no heading of its own. */
function groupPosts() {
  let before = null;
  for (const node of $('posts').children) {
    const same = before && before.dataset.author === node.dataset.author && !node.dataset.reply;
    node.classList.toggle('follows', Boolean(same && Date.parse(node.dataset.at) - Date.parse(before.dataset.at) < GROUP_MS));
    before = node;
  }
}

function showEmpty() {
  const none = $('posts').children.length === 0;
  const quiet = ![...posts.values()].some((post) => publicChannels().some((channel) => channel.id === post.channel));
  $('community-empty').hidden = !none;
  $('posts').hidden = none;
  $('examples').replaceChildren(...EXAMPLES[language].map(([route, text]) => h('li', {}, exampleNode(route, text))));
  $('community-empty').querySelector('h3').textContent = quiet ? t().emptyTitle : t().emptyChannel;
}

function exampleNode(route, text) {
  return h(
    'button',
    { type: 'button', class: 'example', 'data-testid': 'example', 'data-route': route ?? 'none', onclick: () => suggest(text) },
    h('span', { 'aria-hidden': 'true' }, route ? TAGS[route] : '💬'), h('span', {}, text),
  );
}

function suggest(text) {
  stopContext();
  if (people.get($('writer').value)?.standing !== 'member') {
    $('writer').value = [...people.values()].find((person) => person.standing === 'member')?.id ?? '';
    paintPeople();
  }
  show('community');
  $('text').value = text;
  sizeText();
  $('text').focus();
}

function messageNode(post) {
  const { author } = post;
  const person = people.get(author.id);
  const badge =
    author.standing === 'employee' ? h('span', { class: 'badge' }, person?.desk ? deskName(person.desk) : t().employee)
    : author.standing === 'bot' ? h('span', { class: 'badge bot' }, 'bot') : null;
  const text = h('p', { class: 'text', dir: 'auto', 'data-testid': 'message-text' }, ...(post.deleted ? [t().deleted] : written(post.text)));
  const time = h('time', { datetime: post.at }, clock(post.at));
  const marks = post.edited && !post.deleted ? h('span', { class: 'edited', 'data-testid': 'edited' }, t().edited) : null;
  return h(
    'li',
    {
      class: `message ${author.standing}`, 'data-testid': 'message', 'data-post': key(post.channel, post.id), 'data-id': post.id, 'data-at': post.at,
      'data-author': author.id, 'data-reply': post.reply_to ? 'yes' : null, 'data-deleted': post.deleted ? 'yes' : null, tabindex: '-1',
    },
    avatar(author),
    h(
      'div',
      { class: 'body' },
      h('p', { class: 'who' }, h('b', { dir: 'auto' }, author.name), badge, time, marks),
      post.reply_to ? replyLine(post) : null,
      text,
      foldNode(`text-${key(post.channel, post.id)}`, text, post.text, LONG_MESSAGE),
      post.button ? h('div', { class: 'controls' }, buttonNode(post.button, 'note-button')) : null,
      post.tags.length ? h('p', { class: 'tags' }, ...post.tags.map((tag) => tagNode(post, tag))) : null,
    ),
    post.deleted ? null : actionsNode(post),
  );
}

function replyLine(post) {
  const target = posts.get(key(post.channel, post.reply_to));
  const known = target && !target.deleted;
  return h(
    'button',
    { type: 'button', class: 'reply-line', 'data-testid': 'reply-link', onclick: () => goTo(post.channel, post.reply_to) },
    icon('reply'), h('b', {}, target?.author.name ?? ''), h('span', { dir: 'auto' }, known ? short(plain(target.text)) : t().deletedShort),
  );
}

/** The reaction; pressing it shows the card, where there is one. */
function tagNode(post, tag) {
  const route = ROUTES.find((name) => TAGS[name].startsWith(tag.replace('\ufe0f', '')));
  const found = cardOf(post);
  const state = found ? h('span', { class: 'tag-state' }, found.card.state_word) : null;
  const label = route ? deskName(route) : tag;
  return h(
    found ? 'button' : 'span',
    {
      class: 'tag', type: found ? 'button' : null, 'data-testid': 'tag', 'data-key': `tag-${post.id}`, title: found ? t().seeCard(label) : t().tag(label),
      onclick: () => found && goTo(found.channel, found.id),
    },
    h('span', { 'aria-hidden': 'true' }, tag), h('span', { class: 'unseen' }, label), state,
  );
}

function refreshTags({ channel, id }) {
  const post = posts.get(key(channel, id));
  if (post && channel === here && post.tags.length) showPost(post, false);
}

function actionsNode(post) {
  const button = (name, testid, label, onclick, more = {}) =>
    h('button', { type: 'button', class: 'bare', 'data-testid': testid, 'data-key': `${testid}-${post.id}`, 'aria-label': label, title: label, onclick, ...more }, icon(name));
  return h(
    'div',
    { class: 'actions' },
    button('reply', 'reply', t().reply, () => startReply(post)),
    post.author.standing === 'bot' ? null : button('more', 'message-menu', t().more, (event) => openMenu(event.currentTarget, post), { 'aria-haspopup': 'menu' }),
  );
}

/** Shows a message or a card wherever it is, and marks it for a moment. */
function goTo(channel, id) {
  const target = channels.find((other) => other.id === channel);
  if (!posts.has(key(channel, id))) {
    toast(t().hasLeft);
    return;
  }
  if (target?.kind === 'desk') {
    show('desks');
    showDesk(target.route);
  } else {
    show('community');
    if (channel !== here) visit(channel);
  }
  const node = nodeOf(channel, id);
  if (!node) return;
  node.scrollIntoView({ block: 'center', behavior: isStill() ? 'auto' : 'smooth' });
  node.focus({ preventScroll: true });
  node.classList.remove('found');
  void node.offsetWidth; // Restarts the animation.
  node.classList.add('found');
}

const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const isAtEnd = () => $('stream').scrollHeight - $('stream').scrollTop - $('stream').clientHeight < 80;

function toEnd() {
  $('stream').scrollTop = $('stream').scrollHeight;
  $('to-end').hidden = true;
}

// ------------------------------------------------------------------------------------------- the menu of a message

function openMenu(button, post) {
  const menu = $('menu');
  const name = post.author.name;
  const item = (testid, label, work, danger = false) =>
    h('button', {
      type: 'button', role: 'menuitem', 'data-testid': testid, class: danger ? 'danger-text' : null,
      onclick: () => {
        menu.hidePopover();
        work();
      },
    }, label);
  menu.replaceChildren(
    item('menu-reply', t().reply, () => startReply(post)),
    item('menu-mention', t().mention, () => startMention(post)),
    item('menu-edit', t().edit(name), () => startEdit(post)),
    item('menu-delete', t().erasePost(name), () => attempt(() => call('DELETE', `/messages/${encodeURIComponent(post.channel)}/${encodeURIComponent(post.id)}`)), true),
  );
  menu.showPopover();
  const edge = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(edge.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8));
  const below = edge.bottom + 6 + menu.offsetHeight < innerHeight;
  menu.style.left = `${left}px`;
  menu.style.top = `${below ? edge.bottom + 6 : edge.top - 6 - menu.offsetHeight}px`;
  menu.firstElementChild.focus();
}

function moveInMenu(event) {
  const items = [...$('menu').children];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length).focus();
}

// ------------------------------------------------------------------------------------------------------- composing

function showComposer() {
  const context = replyTo ?? editing;
  $('context').hidden = !context;
  $('context-text').textContent = replyTo ? t().replyingTo(replyTo.author.name, short(plain(replyTo.text), 60)) : editing ? t().editing(editing.author.name) : '';
  $('text').placeholder = here === null ? '' : t().writeIn(channelName(here));
  $('send').setAttribute('aria-label', editing ? t().save : t().send);
  $('writer').disabled = Boolean(editing);
  sizeText();
}

function startReply(post) {
  editing = null;
  replyTo = post;
  showComposer();
  $('text').focus();
}

function startMention(post) {
  $('text').value = `@${post.author.id} ${$('text').value}`;
  sizeText();
  $('text').focus();
}

function startEdit(post) {
  replyTo = null;
  editing = post;
  $('text').value = post.text;
  showComposer();
  $('text').focus();
}

function stopContext() {
  if (editing) $('text').value = '';
  replyTo = editing = null;
  showComposer();
}

function sizeText() {
  const text = $('text');
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight + 2, 168)}px`;
  $('send').disabled = text.value.trim() === '';
}

async function send() {
  const text = $('text').value.trim();
  if (!text || here === null) return;
  const done = editing
    ? await attempt(() => call('PUT', `/messages/${encodeURIComponent(editing.channel)}/${encodeURIComponent(editing.id)}`, { text }))
    : await attempt(() => call('POST', '/messages', { channel: here, author: $('writer').value, text, reply_to: replyTo?.id ?? null }));
  if (done === undefined) return;
  $('text').value = '';
  replyTo = editing = null;
  showComposer();
  // What came by the event stream meanwhile is newer than this answer.
  if (done?.id && !posts.has(key(done.channel, done.id))) keep(done);
  toEnd();
}

// ----------------------------------------------------------------------------------------------------------- desks

function showDesks() {
  $('columns').replaceChildren(...deskChannels().map(columnNode));
  $('desk-tabs').replaceChildren(
    ...deskChannels().map((desk) =>
      h('button', { type: 'button', 'data-testid': `desk-tab-${desk.route}`, 'data-route': desk.route, onclick: () => showDesk(desk.route) },
        h('span', { 'aria-hidden': 'true' }, TAGS[desk.route] ?? ''), h('span', { class: 'tab-name' }, desk.name), h('b', { class: 'count', hidden: true }))),
  );
  showDesk($('desks').dataset.desk);
  showDeskHeads();
}

function showDesk(route) {
  $('desks').dataset.desk = route;
  for (const node of document.querySelectorAll('.desk, .desk-tabs button')) {
    const chosen = node.dataset.route === route;
    node.classList.toggle('chosen', chosen);
    if (node.localName === 'button') node.setAttribute('aria-pressed', String(chosen));
  }
}

function columnNode(desk) {
  const list = inOrder(desk.id).reverse().sort((a, b) => rank(a) - rank(b));
  return h(
    'section',
    { class: `desk ${desk.route}`, 'data-route': desk.route, 'data-testid': `desk-${desk.route}`, 'aria-label': desk.name, tabindex: '-1' },
    h('header', {}, h('span', { class: 'emoji', 'aria-hidden': 'true' }, TAGS[desk.route] ?? ''), h('h3', {}, desk.name), h('p', { class: 'desk-line' })),
    h('div', { class: 'cards', 'data-channel': desk.id }, ...list.map(deskPostNode), emptyDeskNode(desk)),
  );
}

function emptyDeskNode(desk) {
  const example = EXAMPLES[language].find(([route]) => route === desk.route);
  return h(
    'div',
    { class: 'empty', 'data-testid': 'desk-empty' },
    h('p', {}, t().emptyDesk[desk.route] ?? ''),
    example ? h('p', { class: 'try' }, t().tryThis) : null,
    example ? exampleNode(...example) : null,
  );
}

function showDeskPost(desk, post) {
  const old = nodeOf(post.channel, post.id);
  const node = deskPostNode(post);
  if (old) {
    const had = old.contains(document.activeElement);
    const stays = old.dataset.rank === node.dataset.rank;
    keepFocus(old.parentNode, () => {
      if (stays) old.replaceWith(node);
      else {
        old.remove();
        place(desk, node);
      }
    });
    if (had) {
      // The button that was pressed may be gone or switched off: the card itself keeps the place.
      if (!node.contains(document.activeElement)) node.focus({ preventScroll: true });
      if (!stays && !node.dataset.moved) node.scrollIntoView({ block: 'nearest' });
    }
  } else place(desk, node);
  showDeskHeads();
}

/** Above all of its own rank: the newest first. */
function place(desk, node) {
  const cards = document.querySelector(`.desk[data-route="${CSS.escape(desk.route)}"] .cards`);
  const before = [...cards.children].find((other) => !other.dataset.rank || other.dataset.rank >= node.dataset.rank);
  cards.insertBefore(node, before ?? null);
  node.classList.add('arrives');
}

/** Fades what is gone, and gives the focus to its desk. */
function leave(node) {
  if (!node) return;
  if (node.contains(document.activeElement)) node.closest('.desk').focus({ preventScroll: true });
  delete node.dataset.post;
  node.inert = true;
  node.animate({ opacity: 0, transform: 'scale(.98)' }, { duration: isStill() ? 0 : LEAVE_MS, easing: 'ease-in', fill: 'forwards' }).finished.then(() => node.remove());
}

function showDeskHeads() {
  let all = 0;
  for (const desk of deskChannels()) {
    const route = figures?.by_route?.[desk.route];
    const counted = inOrder(desk.id).filter(isLive).length;
    const waiting = route?.waiting ?? counted;
    all += waiting;
    const column = document.querySelector(`.desk[data-route="${CSS.escape(desk.route)}"]`);
    if (column) column.querySelector('.desk-line').textContent = t().deskLine(waiting, route?.p50 === null || route?.p50 === undefined ? null : duration(route.p50));
    const count = document.querySelector(`.desk-tabs [data-route="${CSS.escape(desk.route)}"] .count`);
    if (count) showCount(count, waiting);
  }
  showCount($('waiting-count'), all);
}

function showCount(node, count) {
  node.textContent = String(count);
  node.hidden = count === 0;
}

function deskPostNode(post) {
  const node = post.card ? cardNode(post, post.card) : post.review ? reviewNode(post, post.review) : lineNode(post);
  node.dataset.rank = rank(post);
  return node;
}

function lineNode(post) {
  return h(
    'article',
    { class: 'line', 'data-testid': 'desk-line', 'data-post': key(post.channel, post.id), tabindex: '-1' },
    h('p', { class: 'card-head' }, h('b', {}, post.author.name), post.ping ? h('span', { class: 'ping' }, `@${post.ping}`) : null, h('time', { datetime: post.at }, clock(post.at))),
    h('p', { dir: 'auto' }, ...written(post.text)),
    post.button ? h('div', { class: 'controls' }, buttonNode(post.button, 'note-button')) : null,
  );
}

function cardNode(post, card) {
  const moved = isMoved(card);
  const author = posts.get(key(card.message.channel, card.message.id))?.author;
  const settled = !['open', 'claimed'].includes(card.state);
  return h(
    'article',
    {
      class: `card ${moved ? 'moved' : card.state}`, 'data-testid': 'card', 'data-post': key(post.channel, post.id), 'data-request': card.request,
      'data-state': card.state, 'data-route': card.route, 'data-moved': moved ? 'yes' : null, 'data-message': card.message.id, 'aria-label': [card.title, author?.name].filter(Boolean).join(', '), tabindex: '-1',
    },
    h(
      'p',
      { class: 'card-head' },
      moved ? noteNode(card, 'moved') : h('span', { class: `state ${card.state}`, 'data-testid': 'card-state' }, icon(card.state), card.state_word),
      h('time', { datetime: post.at }, clock(post.at)),
    ),
    post.ping && !moved ? h('p', {}, h('span', { class: 'ping', 'data-testid': 'ping' }, `@${post.ping}`)) : null,
    h('h4', { dir: 'auto', 'data-testid': 'card-author' }, ...(author ? [avatar(author), author.name] : [card.title])),
    card.quote ? quoteNode(post, card, settled) : null,
    h('div', { class: 'more' },
      messageLink(card.message, 'card-message-link', `go-${card.request}`),
      card.lines.length && !moved ? linesNode(card, settled) : null),
    card.note && !moved ? noteNode(card, 'note') : null,
    moved ? null : controlsNode(card),
  );
}

/** Goes to the member's message. */
function messageLink({ channel, id }, testid, name) {
  const label = t().seeMessage(channelName(channel));
  return h(
    'button',
    { type: 'button', class: 'link', 'data-testid': testid, 'data-key': name, 'aria-label': label, title: label, onclick: () => goTo(channel, id) },
    icon('go'), `#${channelName(channel)}`,
  );
}

const noteNode = (card, name) => h('span', { class: 'note', 'data-testid': 'card-note' }, icon(name), h('span', {}, card.note.replace(/^➜\s*/u, '')));

function quoteNode(post, card, settled) {
  const quote = h('blockquote', { dir: 'auto', 'data-testid': 'card-quote' }, ...written(card.quote));
  return h('div', {}, quote, foldNode(`quote-${key(post.channel, post.id)}`, quote, card.quote, settled ? SETTLED_QUOTE : LONG_QUOTE));
}

/** Folds a long text and gives the button that unfolds it; `null` where it is short. */
function foldNode(name, node, text, limit) {
  if (text.length <= limit && text.split('\n').length <= limit / 40) return null;
  const button = h('button', { type: 'button', class: 'link', 'data-testid': 'unfold', 'data-key': name });
  const paint = () => {
    const open = unfolded.has(name);
    node.classList.toggle('folded', !open);
    button.textContent = open ? t().showLess : t().showAll;
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => {
    if (!unfolded.delete(name)) unfolded.add(name);
    paint();
  });
  paint();
  return button;
}

/** Why it came here and who might know; folded once nobody waits any more. */
function linesNode(card, settled) {
  const list = h('dl', { class: 'lines', 'data-testid': 'card-lines' }, ...card.lines.map(({ name, value }) => h('div', {}, h('dt', {}, name), h('dd', { dir: 'auto' }, ...written(value)))));
  if (!settled) return list;
  const name = `lines-${card.request}`;
  const fold = h('details', { open: unfolded.has(name), 'data-testid': 'card-details' }, h('summary', { 'data-key': name }, t().details), list);
  fold.addEventListener('toggle', () => (fold.open ? unfolded.add(name) : unfolded.delete(name)));
  return fold;
}

function controlsNode(card) {
  const buttons = card.buttons.map((button) => buttonNode(button, `card-${button.custom_id.split(':')[1]}`));
  const selects = [selectNode(card.reroute, 'card-reroute', t().reroute), selectNode(card.more, 'card-more', t().more)].filter(Boolean);
  return buttons.some((button) => !button.disabled) || selects.length ? h('div', { class: 'controls' }, ...buttons, ...selects) : null;
}

function selectNode(select, testid, label) {
  return select && h(
    'select',
    {
      'data-testid': testid, 'data-key': select.custom_id, 'data-custom-id': select.custom_id, 'aria-label': label,
      onchange: (event) => event.currentTarget.value && press(event.currentTarget, select.custom_id, event.currentTarget.value),
      onkeydown: openWithArrows,
    },
    h('option', { value: '' }, select.placeholder), ...select.options.map(({ value, label: words }) => h('option', { value }, words)),
  );
}

function buttonNode({ custom_id: customId, label, style, enabled }, testid) {
  return h('button', {
    type: 'button', class: style, disabled: !enabled, 'data-testid': testid, 'data-key': customId, 'data-custom-id': customId,
    onclick: (event) => press(event.currentTarget, customId, null),
  }, label);
}

/** What Vigie is not sure of: it pings nobody and waits for a person to say who has to answer. */
function reviewNode(post, review) {
  return h(
    'article',
    { class: 'review', 'data-testid': 'review', 'data-post': key(post.channel, post.id), 'aria-label': review.title, tabindex: '-1' },
    h('h4', { 'data-testid': 'review-title' }, icon('look'), review.how_many),
    h('p', { class: 'review-hint' }, review.hint),
    h('ol', {}, ...review.lines.map(reviewLineNode)),
    review.more ? h('p', { class: 'review-more', 'data-testid': 'review-more' }, review.more) : null,
  );
}

function reviewLineNode({ number, author, quote, message, buttons }) {
  const name = `review-${key(message.channel, message.id)}`;
  const text = h('blockquote', { dir: 'auto', 'data-testid': 'review-quote' }, ...written(quote));
  return h(
    'li',
    { 'data-testid': 'review-line', 'data-message': message.id },
    h('p', { class: 'who' },
      h('span', { class: 'number' }, `${number}.`), h('b', { dir: 'auto', 'data-testid': 'review-author' }, author),
      messageLink(message, 'review-message-link', `go-${name}`)),
    text, foldNode(name, text, quote, REVIEW_QUOTE),
    h('div', { class: 'controls' }, ...buttons.map((button) => buttonNode(button, 'review-choice'))),
  );
}

/** Arrow keys must open the list: on a closed one some browsers would choose, and so re-route, at once. */
function openWithArrows(event) {
  if (!['ArrowDown', 'ArrowUp'].includes(event.key) || !event.currentTarget.showPicker) return;
  event.preventDefault();
  event.currentTarget.showPicker();
}

async function press(control, customId, value) {
  control.setAttribute('aria-busy', 'true');
  const answer = await attempt(() => call('POST', '/actions', { as: $('actor').value, custom_id: customId, value }));
  control.removeAttribute('aria-busy');
  if (control.localName === 'select') control.value = '';
  if (answer?.said) toast(answer.said);
}

// --------------------------------------------------------------------------------------------- figures and morning

function showFigures() {
  showDeskHeads();
  if (!figures) return;
  const { requests, waiting, answered, dismissed } = figures;
  const put = (attribute, name, text) => (document.querySelector(`[data-${attribute}="${name}"]`).textContent = text);
  put('value', 'requests', String(requests));
  put('value', 'waiting', String(waiting));
  document.querySelector('[data-testid="figure-waiting"]').classList.toggle('hot', waiting > 0);
  put('value', 'answered', String(answered));
  put('value', 'p50', duration(figures.p50));
  put('value', 'p90', duration(figures.p90));
  put('value', 'target', percent(figures.within_target));
  put('sub', 'requests', dismissed ? t().dismissed(dismissed) : '');
  put('sub', 'waiting', waiting && figures.oldest_waiting_seconds !== null ? t().oldest(duration(figures.oldest_waiting_seconds)) : '');
  put('sub', 'answered', requests ? t().ofAll(requests) : '');
  grow('requests', ROUTES.map((route) => figures.by_route?.[route]?.requests ?? 0), requests);
  grow('waiting', ROUTES.map((route) => figures.by_route?.[route]?.waiting ?? 0), requests);
  grow('answered', [answered], requests);
  grow('p50', [figures.p50 ?? 0], figures.p90);
  grow('p90', [figures.p90 ?? 0], figures.p90);
  grow('target', [figures.within_target ?? 0], 1);
}

function grow(name, parts, whole) {
  [...document.querySelectorAll(`[data-bar="${name}"] i`)].forEach((bar, index) => {
    bar.style.width = whole ? `${Math.min(100, (100 * parts[index]) / whole)}%` : '0%';
  });
}

function showMorning() {
  const { playing, done, of } = morning;
  $('play').setAttribute('aria-disabled', String(playing));
  $('play').setAttribute('aria-busy', String(playing));
  $('play').classList.toggle('playing', playing);
  const last = [...posts.values()].reduce((at, post) => (!at || Date.parse(post.at) > Date.parse(at) ? post.at : at), null);
  $('play-word').textContent = playing ? t().playing(last ? clock(last) : '…', done, of) : t().play;
  // Read aloud, a whole morning would drown everything else: then only new cards are.
  $('stream').setAttribute('aria-live', playing ? 'off' : 'polite');
  $('play-fill').style.width = playing && of ? `${(100 * done) / of}%` : '0%';
}

// ---------------------------------------------------------------------------------------------------------- saying

function say(text) {
  $('announcer').textContent = text;
}

function toast(text, kind = 'said') {
  const close = () => node.remove();
  const node = h(
    'div',
    { class: `toast ${kind}`, role: kind === 'error' ? 'alert' : 'status', 'data-testid': 'toast' },
    icon('note'), h('p', { dir: 'auto' }, text),
    h('button', { type: 'button', class: 'bare', 'aria-label': t().close, onclick: close }, icon('close')),
  );
  $('toasts').append(node);
  setTimeout(close, Math.max(TOAST_MS, text.length * READ_MS));
}

// ---------------------------------------------------------------------------------------------------------- start

function wire() {
  $('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  $('text').addEventListener('input', sizeText);
  $('text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') stopContext();
    else if (event.key === 'ArrowUp' && !$('text').value && here !== null) {
      const own = inOrder(here).findLast((post) => post.author.id === $('writer').value && !post.deleted);
      if (own) startEdit(own);
    }
  });
  $('context-close').addEventListener('click', () => {
    stopContext();
    $('text').focus();
  });
  $('writer').addEventListener('change', paintPeople);
  $('actor').addEventListener('change', paintPeople);
  $('to-end').addEventListener('click', toEnd);
  $('figures-mean').addEventListener('click', (event) => press(event.currentTarget, 'vigie:figures:mean', null));
  $('stream').addEventListener('scroll', () => isAtEnd() && ($('to-end').hidden = true));
  $('menu').addEventListener('keydown', moveInMenu);
  for (const id of ['play', 'play-here']) {
    $(id).addEventListener('click', () => morning.playing || attempt(() => call('POST', '/morning', { language })));
  }
  $('reset').addEventListener('click', () => $('reset-dialog').showModal());
  $('reset-dialog').addEventListener('close', () => {
    if ($('reset-dialog').returnValue === 'yes') attempt(() => call('POST', '/reset'));
    $('reset-dialog').returnValue = '';
  });
  for (const button of document.querySelectorAll('.views button')) button.addEventListener('click', () => show(button.dataset.view));
  for (const button of document.querySelectorAll('[data-lang]')) {
    button.addEventListener('click', () => {
      const address = new URL(location.href);
      address.searchParams.set('lang', button.dataset.lang);
      history.replaceState(null, '', address);
      speak(button.dataset.lang);
      hasMet = false;
      meetInOneLanguage();
    });
  }
}

wire();
speak(language);
load();
listen();
