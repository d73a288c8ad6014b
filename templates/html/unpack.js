// Unpack bzip2, which no browser does by itself and which holds a page's data in a quarter less than gzip.
// The format: Joe Tsai, "BZIP2: Format Specification", 2016. Sums are not checked; random blocks, which Python does
// not write, are refused.

const MARK = { file: 0x425a68, block: [0x314159, 0x265359], end: [0x177245, 0x385090] };
const PER_SELECTOR = 50; // symbols that are read by one table before the next is chosen
const LONGEST = 20; // bits of a code

// Bytes of what was packed, be it several files one after the other.
export function unbzip2(packed) {
  const bits = new BitReader(packed);
  const out = new Output();
  while (bits.more()) unpackFile(bits, out);
  return out.bytes.subarray(0, out.length);
}

class BitReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0; // the last bytes read; the lowest `left` bits are not taken yet
    this.left = 0;
  }

  // Number of the next bits, 24 at most, the first of them highest; after the end come zeros.
  ahead(count) {
    while (this.left < count) {
      this.held = (this.held << 8) | this.bytes[this.at++];
      this.left += 8;
    }
    return (this.held >>> (this.left - count)) & ((1 << count) - 1);
  }

  take(count) {
    const number = this.ahead(count);
    this.left -= count;
    return number;
  }

  // Go on at the next whole byte.
  align() {
    this.left -= this.left % 8;
  }

  more() {
    return this.at - (this.left >> 3) < this.bytes.length;
  }
}

class Output {
  constructor() {
    this.bytes = new Uint8Array(1 << 20);
    this.length = 0;
  }

  // The bytes, with room for so many more.
  room(count) {
    if (this.length + count > this.bytes.length) {
      const larger = new Uint8Array(2 * (this.length + count));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return this.bytes;
  }
}

function unpackFile(bits, out) {
  ensure(bits.take(24) === MARK.file);
  const most = (bits.take(8) - 48) * 100_000; // the level is a digit
  for (;;) {
    const mark = [bits.take(24), bits.take(24)];
    bits.take(16); // a sum of 32 bits, of the block or of all
    bits.take(16);
    if (sameMark(mark, MARK.end)) break;
    ensure(sameMark(mark, MARK.block));
    unpackBlock(bits, most, out);
  }
  bits.align();
}

const sameMark = ([high, low], [above, below]) => high === above && low === below;

function ensure(holds) {
  if (!holds) throw new Error("the data of this page are damaged");
}

function unpackBlock(bits, most, out) {
  ensure(bits.take(1) === 0); // not random
  const start = bits.take(24);
  const letters = lettersOf(bits);
  const tableCount = bits.take(3);
  const selectors = selectorsOf(bits, tableCount);
  const tables = Array.from({ length: tableCount }, () => tableOf(bits, letters.length + 2));
  const sorted = new Uint32Array(most);
  const block = sorted.subarray(0, sortedLetters(bits, letters, selectors, tables, sorted));
  ensure(start < block.length);
  linkLetters(block);
  writeLetters(block, start, out);
}

// Bytes that occur: which of 16 rows of 16 do, then which of each row.
function lettersOf(bits) {
  const rows = bits.take(16);
  const letters = [];
  for (let row = 0; row < 16; row++) {
    const cells = (rows << row) & 0x8000 ? bits.take(16) : 0;
    for (let cell = 0; cell < 16; cell++) if ((cells << cell) & 0x8000) letters.push(16 * row + cell);
  }
  return Uint8Array.from(letters);
}

// Numbers of the tables in the order of their use, each told by how long ago it was used.
function selectorsOf(bits, tableCount) {
  const selectors = new Uint8Array(bits.take(15));
  const recent = Uint8Array.from({ length: tableCount }, (_, at) => at);
  for (let at = 0; at < selectors.length; at++) {
    let back = 0;
    while (bits.take(1)) ensure(++back < tableCount);
    selectors[at] = toFront(recent, back);
  }
  return selectors;
}

function toFront(recent, back) {
  const found = recent[back];
  for (let at = back; at > 0; at--) recent[at] = recent[at - 1];
  recent[0] = found;
  return found;
}

// A Huffman code by its lengths, each told by its difference to the one before. Codes of a length are numbers in a
// row: `bound` is what follows the highest of each length, filled up to the longest, and `shift` leads from a code to
// its place among the symbols.
function tableOf(bits, symbolCount) {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.take(5);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    while (bits.take(1)) length += bits.take(1) ? -1 : 1;
    ensure(length >= 1 && length <= LONGEST);
    lengths[symbol] = length;
  }
  const symbols = Uint16Array.from(lengths.keys()).sort((one, other) => lengths[one] - lengths[other] || one - other);
  const bound = new Int32Array(LONGEST + 1);
  const shift = new Int32Array(LONGEST + 1);
  for (let size = 1, code = 0, place = 0; size <= LONGEST; size++, code <<= 1) {
    shift[size] = place - code;
    for (; place < symbolCount && lengths[symbols[place]] === size; place++) code++;
    bound[size] = code << (LONGEST - size);
  }
  return { symbols, bound, shift, shortest: lengths[symbols[0]] };
}

function takeSymbol(bits, { symbols, bound, shift, shortest }) {
  const ahead = bits.ahead(LONGEST);
  let size = shortest;
  while (ahead >= bound[size]) size++;
  ensure(size <= LONGEST);
  bits.left -= size;
  return symbols[(ahead >>> (LONGEST - size)) + shift[size]];
}

// Letters as the sort of all rotations left them. Each is told by how long ago it came; how often the newest comes
// again is a number in digits of 1 and 2, the lowest first. Fills `sorted` and gives the number of them.
function sortedLetters(bits, letters, selectors, tables, sorted) {
  const end = letters.length + 1;
  let [length, again, digit, table] = [0, 0, 1, null];
  for (let taken = 0; ; taken++) {
    if (taken % PER_SELECTOR === 0) table = tables[selectors[taken / PER_SELECTOR]] ?? ensure(false);
    const symbol = takeSymbol(bits, table);
    if (symbol < 2) {
      again += digit << symbol;
      digit *= 2;
    } else if (again > 0) {
      sorted.fill(letters[0], length, length + again);
      length += again;
      [again, digit] = [0, 1];
    }
    if (symbol === end) break;
    if (symbol >= 2) sorted[length++] = toFront(letters, symbol - 1);
  }
  ensure(length <= sorted.length);
  return length;
}

// Put above the 8 bits of each letter where the one after it stands.
function linkLetters(sorted) {
  const places = new Uint32Array(256);
  for (let at = 0; at < sorted.length; at++) places[sorted[at]]++;
  for (let letter = 0, before = 0; letter < 256; letter++) {
    before += places[letter];
    places[letter] = before - places[letter];
  }
  for (let at = 0; at < sorted.length; at++) sorted[places[sorted[at] & 255]++] |= at << 8;
}

// Follow the links and write the letters; after four that are the same comes the number of further ones.
function writeLetters(linked, start, out) {
  let bytes = out.room(linked.length);
  let at = out.length;
  let [link, before, times] = [linked[start], -1, 0];
  for (let left = linked.length; left > 0; left--) {
    link = linked[link >>> 8];
    const letter = link & 255;
    if (times < 4) {
      times = letter === before ? times + 1 : 1;
      before = letter;
      bytes[at++] = letter;
    } else {
      out.length = at;
      bytes = out.room(letter + left);
      bytes.fill(before, at, at + letter);
      at += letter;
      times = 0;
    }
  }
  out.length = at;
}
