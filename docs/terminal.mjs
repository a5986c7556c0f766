// What a terminal printed, colours included, as a page that looks like a terminal.
const COLORS = ["#3b4252", "#ff6b6b", "#7bd88f", "#ffd866", "#78a9ff", "#d392ff", "#5ad4e6", "#e6e9ef"];
const BRIGHT = ["#8a93a6", "#ff8f8f", "#a2f0b2", "#ffe599", "#a3c4ff", "#e3b8ff", "#8ff0ff", "#ffffff"];
const LEVELS = [0, 95, 135, 175, 215, 255];

function indexed(number) {
  if (number < 8) return COLORS[number];
  if (number < 16) return BRIGHT[number - 8];
  if (number > 231) return `rgb(${Array(3).fill((number - 232) * 10 + 8)})`;
  const cube = number - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => LEVELS[part])})`;
}

const FLAGS = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse" };

// Applies the numbers of one "select graphic rendition" to a style.
function select(style, codes) {
  const queue = codes.length ? [...codes] : [0];
  while (queue.length) {
    const code = queue.shift();
    if (code === 0) for (const key of Object.keys(style)) delete style[key];
    else if (FLAGS[code]) style[FLAGS[code]] = true;
    else if (code === 22) delete style.bold, delete style.dim;
    else if (FLAGS[code - 20]) delete style[FLAGS[code - 20]];
    else if (code === 38 || code === 48) {
      const color = queue.shift() === 5 ? indexed(queue.shift()) : `rgb(${queue.splice(0, 3)})`;
      style[code === 38 ? "fg" : "bg"] = color;
    } else if (code === 39) delete style.fg;
    else if (code === 49) delete style.bg;
    else if (code >= 30 && code < 38) style.fg = COLORS[code - 30];
    else if (code >= 40 && code < 48) style.bg = COLORS[code - 40];
    else if (code >= 90 && code < 98) style.fg = BRIGHT[code - 90];
    else if (code >= 100 && code < 108) style.bg = BRIGHT[code - 100];
  }
}

function css({ fg, bg, bold, dim, italic, underline, reverse }) {
  const [front, back] = reverse ? [bg ?? "#16191f", fg ?? "#d8dee9"] : [fg, bg];
  return [
    front && `color:${front}`,
    back && `background:${back}`,
    bold && "font-weight:700",
    dim && "opacity:.65",
    italic && "font-style:italic",
    underline && "text-decoration:underline",
  ].filter(Boolean).join(";");
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function terminalPage(text, title) {
  const style = {};
  // Links and the cursor's moves are left out; a line that was written over keeps its last words.
  const plain = text.replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, "").replace(/\r\n/g, "\n").replace(/^.*\r(?!\n)/gm, "");
  const html = plain.split(/(\x1b\[[0-9;?]*[A-Za-z])/).map((part) => {
    if (!part.startsWith("\x1b[")) return part && `<span style="${css(style)}">${escaped(part)}</span>`;
    if (part.endsWith("m")) select(style, part.slice(2, -1).split(";").filter(Boolean).map(Number));
    return "";
  }).join("");
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: transparent; }
    figure { display: inline-block; margin: 0; border-radius: 10px; overflow: hidden; background: #16191f; color: #d8dee9; }
    figcaption { padding: 9px 14px; background: #23272f; color: #aab2c0; font: 13px/1 system-ui, "DejaVu Sans", sans-serif; }
    figcaption::before { content: "●●●"; letter-spacing: 4px; margin-right: 14px; color: #4b5260; }
    pre { margin: 0; padding: 14px 18px 18px; font: 14px/1.25 "DejaVu Sans Mono", monospace; }
  </style><figure><figcaption>${escaped(title)}</figcaption><pre>${html}</pre></figure>`;
}
