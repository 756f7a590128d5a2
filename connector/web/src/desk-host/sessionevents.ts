/** Tells Omnichannel when a session of a frame begins and ends, once each: it keeps a channel beside the chat for it. */
export function sessionEvents(workspace: Pick<Window, 'dispatchEvent'>): { live(): void; ended(): void } {
  let connected = false;
  const turn = (to: boolean, event: string): void => {
    if (connected === to) return;
    connected = to;
    workspace.dispatchEvent(new CustomEvent(event, { detail: {} }));
  };
  return { live: () => turn(true, 'CobrowseConnectedEvent'), ended: () => turn(false, 'CobrowseEndedEvent') };
}
