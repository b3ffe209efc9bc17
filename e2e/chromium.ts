import { existsSync } from 'node:fs'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * Finds a Chromium for the web-host journeys: one named by `CHROMIUM`, else an installed one, else the one inside
 * `@sparticuz/chromium` (unpacked from the npm package, Linux only). `CHROMIUM=bundled` forces the last.
 * Throws when there is none: a missing browser is a failure.
 */
export async function findChromium(): Promise<{ executablePath: string; args: string[] }> {
  const wanted = process.env['CHROMIUM'] ?? ''
  const args = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  if (wanted !== 'bundled') {
    const found = [wanted, ...installed].find((path) => path !== '' && existsSync(path))
    if (found !== undefined) return { executablePath: found, args: [...args, '--disable-gpu'] }
  }
  if (process.platform !== 'linux') {
    throw new Error('No Chromium found: install Google Chrome, or set CHROMIUM to the path of a Chromium executable.')
  }
  const { default: sparticuz } = await import('@sparticuz/chromium')
  return {
    executablePath: await sparticuz.executablePath(),
    // Drawing by its software GPU takes more of a small machine than all that is tested.
    args: [...args, '--no-zygote', '--disable-gpu'],
  }
}
