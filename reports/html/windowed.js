// A list of any length that only builds the lines in view. It is a listbox: the list keeps the focus and names the
// active line, so that lines may come and go.

/** @template Item */
class Windowed {
  /**
   * @param {HTMLElement} list scrolls; gets the keyboard's focus
   * @param {(item: Item, index: number) => HTMLElement} build a line; its place and its id are set here
   * @param {(item: Item) => number} height of a line in pixels
   */
  constructor(list, build, height) {
    this.list = list;
    this.build = build;
    this.height = height;
    /** @type {Item[]} */
    this.items = [];
    this.tops = new Float64Array(1);
    /** @type {Map<number, HTMLElement>} those in view */
    this.lines = new Map();
    this.active = -1;
    this.space = el('div.space', {role: 'presentation'});
    // Height of what sticks above the lines.
    this.lead = 0;
    list.append(this.space);
    list.addEventListener('scroll', () => this.draw(this.lines), {passive: true});
    new ResizeObserver(() => this.draw()).observe(list);
  }

  /** @param {Item[]} items */
  show(items) {
    this.items = items;
    this.tops = new Float64Array(items.length + 1);
    items.forEach((item, i) => { this.tops[i + 1] = this.tops[i] + this.height(item); });
    styled(this.space, {height: `${this.tops[items.length]}px`});
    this.draw();
  }

  /** Index of the line at `y`. @param {number} y */
  at(y) {
    let low = 0;
    let high = Math.max(this.items.length - 1, 0);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle; else high = middle - 1;
    }
    return low;
  }

  /** @param {Map<number, HTMLElement>} [known] lines that are still right */
  draw(known) {
    // One that was replaced still hears that it changed its size.
    if (!this.list.isConnected) return;
    const from = Math.max(this.at(this.list.scrollTop) - 4, 0);
    const to = Math.min(this.at(this.list.scrollTop + this.list.clientHeight) + 5, this.items.length);
    this.lines = new Map();
    for (let i = from; i < to; ++i) {
      const line = known?.get(i) ?? this.build(this.items[i], i);
      line.id = `${this.list.id}-${i}`;
      if (line.getAttribute('role') === 'option') filled(line, {'aria-setsize': this.items.length, 'aria-posinset': i + 1}, []);
      this.lines.set(i, styled(line, {top: `${this.tops[i]}px`, height: `${this.height(this.items[i])}px`}));
    }
    this.space.replaceChildren(...this.lines.values());
    if (this.active >= from && this.active < to) this.list.setAttribute('aria-activedescendant', `${this.list.id}-${this.active}`);
    else this.list.removeAttribute('aria-activedescendant');
  }

  /** Makes a line the active one and brings it into view. @param {number} index */
  activate(index) {
    this.active = index;
    if (index >= 0 && index < this.items.length) {
      const room = this.list.clientHeight - this.lead;
      const top = this.tops[index];
      const bottom = this.tops[index + 1];
      if (top < this.list.scrollTop) this.list.scrollTop = top;
      else if (bottom > this.list.scrollTop + room) this.list.scrollTop = bottom - room;
    }
    this.draw();
  }
}
