// The layer and the picture come by different ways. While something moves, its private value is not drawn: a lag may only show too little.

/** After the last movement of picture or layer. */
const settle = 70;
/** The layer moved and the picture does not: it had moved before, or the page changed in another way. */
const noPicture = 350;
/** The picture moved and the layer says nothing new: what moved was not the thing itself. */
const noLayer = 600;
/** Something beside it moves on and on. */
const longest = 2_000;

/** When the place of one thing last moved, in the layer and in the picture; -Infinity is never. */
interface Moves { began: number; layer: number; picture: number }

/** Whether the thing is still hidden at `now`. */
export function held({ began, layer, picture }: Moves, now: number): boolean {
  const quiet = now - Math.max(layer, picture);
  const both = layer >= began && picture >= began;
  if (both) return quiet < settle && (now - began < longest || now - layer < settle);
  if (layer >= began) return quiet < noPicture;
  return quiet < noLayer && now - began < longest;
}

/** Which things are hidden because they move. */
export class Stillness {
  private readonly moves = new Map<string, Moves>();

  layerMoved(id: string, now: number): void { this.take(id, now).layer = now; }

  pictureMoved(id: string, now: number): void { this.take(id, now).picture = now; }

  forget(id: string): void { this.moves.delete(id); }

  hides(id: string, now: number): boolean {
    const moves = this.moves.get(id);
    if (!moves) return false;
    if (held(moves, now)) return true;
    this.moves.delete(id);
    return false;
  }

  private take(id: string, now: number): Moves {
    const moves = this.moves.get(id) ?? { began: now, layer: -Infinity, picture: -Infinity };
    this.moves.set(id, moves);
    return moves;
  }
}
