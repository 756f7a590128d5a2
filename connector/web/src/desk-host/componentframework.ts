// The part of the Power Apps component framework that the control uses, from its reference (learn.microsoft.com, power-apps/developer/
// component-framework/reference: control, context, mode). Microsoft's typings for it belong to its own build tools, which the control
// does without. contextInfo is not in the reference; forms give it.

export interface ControlContext {
  parameters: Record<string, { raw: string | null } | undefined>;
  mode: {
    /** In pixels; -1 = as much as the control likes. */
    allocatedHeight: number;
    trackContainerResize(on: boolean): void;
    contextInfo?: { entityId?: string; entityTypeName?: string };
  };
}

export interface StandardControl {
  init(context: ControlContext, notifyOutputChanged: (() => void) | undefined, state: object | undefined, container: HTMLDivElement): void;
  updateView(context: ControlContext): void;
  getOutputs?(): object;
  destroy(): void;
}

export interface ComponentFramework {
  registerControl(name: string, control: new () => StandardControl): void;
}
