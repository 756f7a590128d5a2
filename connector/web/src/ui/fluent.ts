// The Fluent widgets that the agents' and supervisors' pages use, and how TypeScript sees them in JSX.
import '@fluentui/web-components/button/define.js';
import '@fluentui/web-components/dialog/define.js';
import '@fluentui/web-components/dialog-body/define.js';
import '@fluentui/web-components/spinner/define.js';
import { setTheme } from '@fluentui/web-components/theme/set-theme.js';
import { webLightTheme } from '@fluentui/tokens';
import type { HTMLAttributes } from 'preact';

interface Fluent extends HTMLAttributes<HTMLElement> {
  appearance?: string;
  disabled?: boolean;
  'icon-only'?: boolean;
  size?: string;
  type?: string;
}

declare module 'preact/jsx-runtime' {
  namespace JSX {
    interface IntrinsicElements {
      'fluent-button': Fluent;
      'fluent-dialog': Fluent;
      'fluent-dialog-body': Fluent;
      'fluent-spinner': Fluent;
    }
  }
}

/** What is used of fluent-dialog beyond an element. */
export interface FluentDialog extends HTMLElement { show(): void; hide(): void }

export function useFluentTheme(): void {
  setTheme(webLightTheme);
}
