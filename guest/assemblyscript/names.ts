import { Column } from "./frame";

/**
 * Numbers texts from 0 in the order in which they are first met, by their bytes:
 * for groups by a text, without memory for each row.
 */
export class Names {
  private slots: StaticArray<i32> = new StaticArray<i32>(64); // number + 1, or 0
  private at: usize[] = []; // the bytes, in memory of their own
  private sizes: i32[] = [];

  get length(): i32 {
    return this.sizes.length;
  }

  /** The number of row i's text. */
  of(column: Column, i: i32): i32 {
    const at = column.textAt(i), size = column.textSize(i);
    let slot = this.find(at, size);
    if (this.slots[slot] == 0) {
      const copy = heap.alloc(max(size, 1));
      memory.copy(copy, at, size);
      this.at.push(copy);
      this.sizes.push(size);
      this.slots[slot] = this.length;
      if (2 * this.length > this.slots.length) this.grow();
      return this.length - 1;
    }
    return this.slots[slot] - 1;
  }

  /** The slot of a text, or the free one where it would be. */
  private find(at: usize, size: i32): i32 {
    let hash: u32 = 2166136261; // FNV-1a
    for (let i = 0; i < size; i++) hash = (hash ^ load<u8>(at + i)) * 16777619;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (; this.slots[slot] != 0; slot = (slot + 1) & mask) {
      const n = this.slots[slot] - 1;
      if (this.sizes[n] == size && memory.compare(this.at[n], at, size) == 0) break;
    }
    return slot;
  }

  private grow(): void {
    this.slots = new StaticArray<i32>(4 * this.slots.length);
    for (let n = 0; n < this.length; n++) this.slots[this.find(this.at[n], this.sizes[n])] = n + 1;
  }

  /** Text n. */
  text(n: i32): string {
    return String.UTF8.decodeUnsafe(this.at[n], this.sizes[n]);
  }

  /** The numbers in the order of the bytes of their texts. */
  sorted(): i32[] {
    const order = new Array<i32>(this.length);
    for (let n = 0; n < order.length; n++) {
      let to = n;
      for (; to > 0 && this.before(n, order[to - 1]); to--) order[to] = order[to - 1];
      order[to] = n;
    }
    return order;
  }

  private before(a: i32, b: i32): bool {
    const order = memory.compare(this.at[a], this.at[b], min(this.sizes[a], this.sizes[b]));
    return order < 0 || (order == 0 && this.sizes[a] < this.sizes[b]);
  }
}
