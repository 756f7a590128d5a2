// What survives a reload of the frame: the agent's token, in this browser tab only. Several conversations of one desk share the
// tab's storage, so each frame keeps its token under a key of its own, which is not secret and stands in its address.

const prefix = 'cobrowse.agent.';

interface Start { launch: string; key: string }

/** Reads the address's fragment: #launch=… of a fresh frame, #k=… of one that is loaded again. */
export function readStart(hash: string): Start {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  return { launch: params.get('launch') ?? '', key: params.get('k') ?? '' };
}

export function remembered(key: string): string {
  return key ? sessionStorage.getItem(prefix + key) ?? '' : '';
}

/** Keeps the token and takes the used launch out of the address. */
export function remember(key: string, token: string): void {
  sessionStorage.setItem(prefix + key, token);
  history.replaceState(null, '', `#k=${key}`);
}
