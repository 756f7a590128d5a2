// What this person copied in the shared page goes into the clipboard of their own device.

/** A text that nobody took is let go. */
const waits = 60_000;

/** At once where the browser takes their key or press for the wish; else by a press on `button`. Needs live.css. */
export class Copies {
  readonly button = document.createElement('button');
  private text = '';
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(label: string, private readonly taken: () => void) {
    this.button.type = 'button';
    this.button.className = 'live-copied';
    this.button.textContent = label;
    this.button.hidden = true;
    this.button.addEventListener('click', () => void this.take());
  }

  async offer(text: string): Promise<void> {
    this.settle();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.text = text;
      this.button.hidden = false;
      this.waiting = setTimeout(() => this.settle(), waits);
    }
  }

  close(): void {
    this.settle();
    this.button.remove();
  }

  private async take(): Promise<void> {
    await navigator.clipboard.writeText(this.text).catch(() => copyOldWay(this.text)); // a desk's frame may lack the permission
    this.settle();
    this.taken();
  }

  private settle(): void {
    clearTimeout(this.waiting);
    this.text = '';
    this.button.hidden = true;
  }
}

function copyOldWay(text: string): void {
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}
