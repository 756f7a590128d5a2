// The part of Microsoft's contact centre in other desktops (Salesforce, ServiceNow) that the driver uses: Microsoft.CCaaS.EmbedSDK, a preview, and
// the interface of a telephony driver. connector/web/conformance holds both against the published typings.

export interface EmbedSDK {
  conversation: {
    onConversationLoaded(callback: (data: { liveWorkItemId: string }) => void): void;
    onStatusChange(callback: (data: { liveWorkItemId: string; statusCode: number }) => void): void;
    getFocusedConversationId(): Promise<string>;
  };
}

/** statusCode of a conversation that is over. */
export const closedConversation = 4;

export interface TelephonyDriver {
  initialize(): Promise<boolean>;
  bindEvents(): void;
}

export interface EmbedWindow {
  Microsoft?: { CCaaS?: { EmbedSDK?: EmbedSDK } };
  CCaaS?: { CTIDriver?: new () => TelephonyDriver };
  /** Set by a line that stands before the driver in its web resource. */
  cobrowseDesk?: { service: string; company: string };
}
