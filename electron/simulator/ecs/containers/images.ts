// The container images of the Demo: what Docker reads from an image, and which shells it has. Data only.
//
// An image is known by the last part of its name, before the tag. An unknown one is like `storefront`.

/** The shell behind `sh`: dash as on Debian, ash of busybox as on Alpine, bash; or none, as in an image built from scratch. */
export type ImageShell = 'dash' | 'ash' | 'bash' | 'none'

/** What an image is. */
export interface Image {
  readonly entryPoint: readonly string[]
  readonly command: readonly string[]
  readonly shell: ImageShell
  /** The id of the user that the main process runs as; 0 is root. */
  readonly userId: number
  readonly environment: Readonly<Record<string, string>>
}

/** The program of every image, which runs until it is told to end (`bin/app` in the container's folder). */
export const APP = 'app'
/** An entry point that runs its arguments, as those of official images do. */
export const RUNNING_ENTRY = 'docker-entrypoint.sh'
/** An entry point that runs the app, whatever its arguments are. */
export const DEAF_ENTRY = 'start-app.sh'

const plain: Image = { entryPoint: [], command: [APP], shell: 'dash', userId: 0, environment: {} }

const images: ReadonlyMap<string, Image> = new Map<string, Image>([
  ['storefront', { ...plain, environment: { NODE_ENV: 'production', PORT: '3000' } }],
  ['orders-api', { ...plain, entryPoint: [RUNNING_ENTRY], shell: 'bash', environment: { RAILS_ENV: 'production' } }],
  ['billing', { ...plain, entryPoint: [DEAF_ENTRY], environment: { QUEUE: 'invoices' } }],
  ['search-indexer', { ...plain, userId: 1_000, environment: { INDEX: 'products' } }],
  ['mailer', { ...plain, shell: 'ash' }],
  ['ledger', { ...plain, shell: 'none' }],
  ['envoy', { ...plain, shell: 'dash' }],
])

/** The image of this name, as a task definition writes it. */
export function imageOf(name: string): Image {
  const last = name.split('/').at(-1) ?? name
  return images.get(last.replace(/[:@].*$/s, '')) ?? plain
}
