// Labels on the chart: each where no other stands.

// A label that would touch an earlier one is left out; the first asked for wins.
const FONT = '12px system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif';

const WIDTHS = new Map();
const FAR_PX = [-34, 34, -52, 52, -70, 70];

class Labels {
  constructor(pen) {
    this.pen = pen;
    this.taken = new Map();
    const { x, y } = map.containerPointToLayerPoint([0, 0]).subtract(frame.corner);
    const size = map.getSize();
    this.view = [x, y, x + size.x, y + size.y];
    pen.font = FONT;
    pen.textBaseline = 'middle';
  }

  // Keeps a place free of labels: a symbol's own box.
  block(x, y, reach, high = reach) {
    this.claim([x - reach, y - high, x + reach, y + high], true);
  }

  // Right, left, below, above or aslant of a place, and whole: no edge of the screen cuts it.
  // Without a gap it may slide along. ``must`` goes farther off, with a line that leads back, and
  // keeps what comes later off its ground; only where that is taken too is it left out, since one
  // name upon another says nothing.
  write(text, x, y, colour, gap, must, bold) {
    if (bold) this.pen.font = `bold ${FONT}`;
    const width = this.width(text), low = y + gap, high = y - gap;
    const spots = [[x + gap, y], [x - gap - width, y], [x - width / 2, low + 4], [x - width / 2, high - 4]];
    if (must) spots.push([x + 8, low], [x + 8, high], [x - 8 - width, low], [x - 8 - width, high]);
    const [west, , east] = this.view;
    if (!gap && x > west && x < east) spots.splice(1, 1, [Math.min(east - width - 4, Math.max(west + 4, x - width / 2)), y]);
    const box = ([left, middle]) => [left - 1, middle - 8, left + width + 1, middle + 8];
    const whole = spots.filter((s) => !this.cut(box(s)));
    let spot = whole.find((s) => this.claim(box(s)));
    if (!spot && must) {
      const far = FAR_PX.flatMap((off) => [[x + gap + 8, y + off], [x - gap - 8 - width, y + off]]);
      spot = far.find((s) => !this.cut(box(s)) && this.claim(box(s)));
      if (spot) this.lead(x, y, gap - 6, spot[0] > x ? spot[0] - 3 : spot[0] + width + 3, spot[1], colour);
    }
    if (spot) this.draw(text, spot, colour);
    if (bold) this.pen.font = FONT;
  }

  // Names are measured once: at every frame that costs more than to place them.
  width(text) {
    const key = this.pen.font + text;
    if (!WIDTHS.has(key)) {
      if (WIDTHS.size > 5000) WIDTHS.clear();
      WIDTHS.set(key, this.pen.measureText(text).width);
    }
    return WIDTHS.get(key);
  }

  // Whether the edge of the screen goes through a box.
  cut([left, top, right, bottom]) {
    const [west, north, east, south] = this.view;
    const inside = left >= west && top >= north && right <= east && bottom <= south;
    return !inside && right > west && bottom > north && left < east && top < south;
  }

  lead(x, y, gap, toX, toY, colour) {
    const far = Math.hypot(toX - x, toY - y), from = [x + (toX - x) * gap / far, y + (toY - y) * gap / far];
    for (const [paint, width] of [[colours.halo, 3], [colour, 1]]) strokes(this.pen, [[...from, toX, toY]], width, paint);
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
