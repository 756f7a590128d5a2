import type { DeskActions } from './bridge';
import { casesOf } from './cases';
import type { Settings } from './environment';
import type { Desk, FrameControl } from './frames';
import { CallRecording } from './recording';
import type { Workspace } from './workspace';

/** A case without a conversation, as a target. */
export const caseTarget = (id: string): string => `incident:${plainID(id)}`;

/** Dynamics writes ids in braces and capitals in some places. */
export const plainID = (id: string): string => id.replace(/[{}]/g, '').toLowerCase();

/**
 * The fragment with which a frame is opened whose agent signs in with Entra ID. The service believes none of it: it reads the record as that
 * agent, and the origin must be one that the company registered.
 */
export const signingIn = (target: string, origin = location.origin): string => new URLSearchParams({ conversation: target, origin }).toString();

/** The workspace of Dynamics around the product's frames, as far as it has what each thing takes. */
export function dynamicsDesk(settings: Settings, workspace: Workspace): Desk {
  return {
    service: settings.service,
    company: settings.company,
    opening: (target) => Promise.resolve(signingIn(target)),
    actions: (target, frame) => ({ ...conversationActions(target, settings, workspace), ...recordingActions(target, frame, workspace) }),
  };
}

function conversationActions(target: string, settings: Settings, { omnichannel, webAPI }: Workspace): Partial<DeskActions> {
  if (target.startsWith('incident:')) return {};
  return {
    cases: casesOf(target, webAPI, omnichannel),
    sendMessage: omnichannel && (async (text) => {
      await omnichannel.sendMessageToConversation(text, !settings.sendDirectly, target);
      return settings.sendDirectly ? 'sent' : 'box';
    }),
  };
}

function recordingActions(target: string, frame: FrameControl, { microsoft }: Workspace): Pick<DeskActions, 'live' | 'ended' | 'privately'> {
  const sdk = microsoft?.CCaaS?.StandaloneSDK;
  if (target.startsWith('incident:') || !sdk?.voice) return { live: () => undefined, ended: () => undefined };
  const recording = new CallRecording({ voice: sdk.voice, utility: sdk.utility }, target, frame.recording);
  return { live: () => undefined, ended: () => recording.end(), privately: (on) => recording.privately(on) };
}
