// What survives a reload of the frame: the agent's token, in this browser tab only. Several conversations of one desk share the
// tab's storage, so each frame keeps its token under a key of its own, which is not secret and stands in its address. A desk that takes
// the frame out of its page and puts it back loads it by its first address: its launch, which works once, leads to the key, too.

const prefix = 'cobrowse.agent.';

/** `conversation` and `origin` are what a desk says that cannot vouch for its agents: they sign in themselves. */
interface Start { launch: string; key: string; conversation: string; origin: string }

/** Reads the address's fragment: #launch=… or #conversation=…&origin=… of a fresh frame, #k=… of one that is loaded again. */
export function readStart(hash: string): Start {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  return { launch: params.get('launch') ?? '', key: params.get('k') ?? '', conversation: params.get('conversation') ?? '', origin: params.get('origin') ?? '' };
}

export function remembered({ launch, key, conversation }: Start): string {
  const own = launch ? sessionStorage.getItem(nameOf(launch)) : conversation ? ofConversation(conversation) : key;
  return own ? sessionStorage.getItem(prefix + own) ?? '' : '';
}

/** Keeps the token of somebody who signed in for a conversation. The address stays: the frame is opened by it again. */
export function rememberConversation(conversation: string, token: string): void {
  sessionStorage.setItem(prefix + ofConversation(conversation), token);
}

export function forgetConversation(conversation: string): void {
  sessionStorage.removeItem(prefix + ofConversation(conversation));
}

function ofConversation(conversation: string): string { return `of.${conversation}`; }

/** Keeps the token and takes the used launch out of the address. */
export function remember(key: string, token: string, launch: string): void {
  sessionStorage.setItem(prefix + key, token);
  sessionStorage.setItem(nameOf(launch), key);
  history.replaceState(null, '', `#k=${key}`);
}

/** Under which a used launch's key is kept: by its signature, of which nothing can be made. */
function nameOf(launch: string): string {
  return `${prefix}used.${launch.slice(launch.lastIndexOf('.') + 1)}`;
}
