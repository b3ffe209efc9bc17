// Fonts by name: the list that CSS takes, and whether this computer has one.

/** The fonts of a terminal: those that a person wants, then the one that comes with Culvert. `wanted` as the settings allow it. */
export function fontFamily(wanted: string, builtIn: string): string {
  const names = fontNames(wanted).map((name) => (isGeneric(name) ? name : `"${name}"`))
  return [...names, builtIn].join(', ')
}

/** The names in a list with commas. */
export function fontNames(wanted: string): readonly string[] {
  return wanted
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Whether CSS has a font for this word on every computer. */
function isGeneric(name: string): boolean {
  return /^(monospace|ui-monospace|serif|sans-serif|system-ui)$/.test(name)
}

const SAMPLE = 'mmmmmmmmmmlli0O1'

/** Whether the browser can draw with a font of this name: its letters differ from those of a font that is always there. */
export function isInstalled(name: string): boolean {
  const context = document.createElement('canvas').getContext('2d')
  if (context === null || isGeneric(name)) return true
  const widthOf = (family: string): number => {
    context.font = `40px ${family}`
    return context.measureText(SAMPLE).width
  }
  return ['monospace', 'serif', 'sans-serif'].some((base) => widthOf(`"${name}", ${base}`) !== widthOf(base))
}
