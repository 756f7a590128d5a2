// What the customer's page and the agent's widget share: the connection, the picture, the hands.
export * from './messages';
export { connect, type Live, type LiveStatus } from './socket';
export { addressOf } from './address';
export { supportedCodecs } from './codecs';
export { qualityKey, qualityNow } from './quality';
export { LiveView } from './view';
export { Sound } from './sound';
export { NewTab } from './newtab';

/** The live socket of the service that this page came from. */
export function liveURL(): string {
  return new URL('/v1/live', location.href).href.replace(/^http/, 'ws');
}
