// The control for the productivity pane and for forms in Dynamics (Power Apps component framework), as a plain script: on the form of a case or
// a conversation it is about that record; in the pane, which tells it nothing, it follows the conversation in focus.
import type { ComponentFramework, ControlContext, StandardControl } from './componentframework';
import { caseTarget, dynamicsDesk, plainID } from './dynamicsdesk';
import { settingsOf } from './environment';
import { Frames } from './frames';
import { hostText } from './texts';
import { findWorkspace, watchConversations } from './workspace';

class CobrowsePane implements StandardControl {
  private readonly workspace = findWorkspace(window);
  private container: HTMLElement | undefined;
  private frames: Frames | undefined;
  private stopWatching: (() => void) | undefined;
  private target = '';

  init(context: ControlContext, _changed: (() => void) | undefined, _state: object | undefined, container: HTMLDivElement): void {
    this.container = container;
    context.mode.trackContainerResize(true);
    const baked = { service: context.parameters['service']?.raw ?? '', company: context.parameters['company']?.raw ?? '' };
    void settingsOf(baked, this.workspace.webAPI).then((settings) => {
      if (this.container !== container) return; // destroyed meanwhile
      this.frames = new Frames(container, dynamicsDesk(settings, this.workspace), hostText());
      this.turn();
    });
    this.updateView(context);
  }

  updateView(context: ControlContext): void {
    const { allocatedHeight, contextInfo } = context.mode;
    if (this.container) this.container.style.height = allocatedHeight > 0 ? `${allocatedHeight}px` : 'max(100%, 600px)';
    this.target = targetOf(contextInfo);
    this.turn();
  }

  getOutputs(): object {
    return {};
  }

  destroy(): void {
    this.stopWatching?.();
    this.frames?.close();
    this.container = this.frames = undefined;
  }

  private turn(): void {
    const { frames } = this;
    if (!frames) return;
    if (this.target) frames.show(this.target);
    else this.stopWatching ??= watchConversations(this.workspace, { focused: (c) => frames.show(plainID(c)), closed: (c) => frames.drop(plainID(c)) });
  }
}

/** What a form is about; '' on any other and in the pane. */
function targetOf({ entityId, entityTypeName }: NonNullable<ControlContext['mode']['contextInfo']> = {}): string {
  if (!entityId) return '';
  if (entityTypeName === 'incident') return caseTarget(entityId);
  return entityTypeName === 'msdyn_ocliveworkitem' ? plainID(entityId) : '';
}

// As the framework's own build tools end a bundle.
const host = window as unknown as { ComponentFramework?: ComponentFramework; Cobrowse?: object };
if (host.ComponentFramework?.registerControl) host.ComponentFramework.registerControl('Cobrowse.CobrowsePane', CobrowsePane);
else host.Cobrowse = { ...host.Cobrowse, CobrowsePane };
