// Labels on the chart: each where no other stands.

// A label that would touch an earlier one is left out; the first asked for wins.
const FONT = '11px system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif';

class Labels {
  constructor(pen) {
    this.pen = pen;
    this.taken = new Map();
    pen.font = FONT;
    pen.textBaseline = 'middle';
  }

  // Keeps a place free of labels: a symbol's own box.
  block(x, y, reach, high = reach) {
    this.claim([x - reach, y - high, x + reach, y + high], true);
  }

  // Right, left, below or above of a place; ``must`` writes on the right where none is free.
  write(text, x, y, colour, gap, must, bold) {
    if (bold) this.pen.font = `bold ${FONT}`;
    const width = this.pen.measureText(text).width;
    const spots = [[x + gap, y], [x - gap - width, y], [x - width / 2, y + gap + 4], [x - width / 2, y - gap - 4]];
    const box = ([left, middle]) => [left - 1, middle - 7, left + width + 1, middle + 7];
    const spot = spots.find((s) => this.claim(box(s))) || (must && spots[0]);
    if (spot) this.draw(text, spot, colour);
    if (bold) this.pen.font = FONT;
  }

  draw(text, spot, colour) {
    this.pen.lineWidth = 3.5;
    this.pen.lineJoin = 'round';
    this.pen.strokeStyle = colours.halo;
    this.pen.strokeText(text, ...spot);
    this.pen.fillStyle = colour;
    this.pen.fillText(text, ...spot);
  }

  claim(box, always) {
    const cells = [];
    for (let i = Math.floor(box[0] / 64); i <= Math.floor(box[2] / 64); i++) {
      for (let j = Math.floor(box[1] / 64); j <= Math.floor(box[3] / 64); j++) cells.push(`${i},${j}`);
    }
    const touches = (b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1];
    if (!always && cells.some((c) => (this.taken.get(c) || []).some(touches))) return false;
    for (const c of cells) this.taken.set(c, [...(this.taken.get(c) || []), box]);
    return true;
  }
}
