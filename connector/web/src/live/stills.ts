// Draws stills: of those that come while one is decoded, the newest.

interface StillEvents {
  draw: (picture: ImageBitmap) => void;
  /** A picture did not decode; the service has it still. */
  failed: () => void;
}

export class Stills {
  private waiting: Uint8Array<ArrayBuffer> | undefined;
  private busy = false;
  private turn = 0;

  constructor(private readonly events: StillEvents) {}

  push(jpeg: Uint8Array<ArrayBuffer>): void {
    this.waiting = jpeg;
    if (!this.busy) void this.work();
  }

  /** What is being decoded is not drawn any more. */
  forget(): void {
    this.turn++;
    this.waiting = undefined;
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let jpeg = this.waiting; jpeg; jpeg = this.waiting) {
      this.waiting = undefined;
      await this.show(jpeg, this.turn);
    }
    this.busy = false;
  }

  private async show(jpeg: Uint8Array<ArrayBuffer>, turn: number): Promise<void> {
    try {
      const picture = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
      if (turn === this.turn) this.events.draw(picture);
      picture.close();
    } catch {
      if (turn === this.turn) this.events.failed();
    }
  }
}
