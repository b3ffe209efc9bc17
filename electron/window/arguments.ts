// Our own words of an Electron command line, from between those of Electron, Chromium and the system.

const FLAGS = ['--demo']
const OPTIONS = ['--profile', '--region', '--endpoint-url', '--ssmmessages-endpoint']

/**
 * Picks what `parseDoorOptions` knows out of `argv`. Others put words of their own there (`--no-sandbox`,
 * `--ozone-platform=wayland`, the app's folder, `-psn_0_1`), so what is unknown is passed over and never an error.
 */
export function ownArguments(argv: readonly string[]): readonly string[] {
  const own: string[] = []
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index] ?? ''
    const [name = ''] = word.split('=')
    if (FLAGS.includes(word)) own.push(word)
    else if (OPTIONS.includes(name)) {
      own.push(word)
      const value = argv[index + 1]
      if (word === name && value !== undefined) {
        own.push(value)
        index += 1
      }
    }
  }
  return own
}
