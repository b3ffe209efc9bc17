// The address of the page in a window, and checks of the sender of each message, permission and download. Pure, exact comparisons.
//
// The page has a scheme of its own: no file on disk, no port, no other site has its origin.

/** The scheme of the page. */
export const PAGE_SCHEME = 'culvert'

/** The address of the page. */
export const PAGE_URL = `${PAGE_SCHEME}://app/`

/**
 * Whether `url` has the origin of `pageUrl`: scheme, host and port, without a user name or password. Origins are compared
 * by their parts, since those of unknown schemes are all "null" here.
 */
export function isPageUrl(url: string, pageUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const [given, own] = [new URL(url), new URL(pageUrl)]
  return given.protocol === own.protocol && given.host === own.host && given.username === '' && given.password === ''
}

/** Where a message or a request for a permission comes from. */
export interface Asker {
  /** Whether it comes from a window that we have opened. */
  readonly isOurs: boolean
  /** Whether it comes from the window's own document rather than from a frame in it. */
  readonly isMainFrame: boolean
  /** The document's address; absent when it has gone meanwhile. */
  readonly url: string | undefined
}

/** Whether the asker is our page, in our window, in no frame. */
export function isOurPage({ isOurs, isMainFrame, url }: Asker, pageUrl: string): boolean {
  return isOurs && isMainFrame && url !== undefined && isPageUrl(url, pageUrl)
}

/** What a page may do: write to the clipboard, for its copy buttons, and read it, for "Paste" in the menu of a terminal. */
const PERMISSIONS: readonly string[] = ['clipboard-sanitized-write', 'clipboard-read']

/** Whether the asker has a permission. */
export function isPermitted(permission: string, asker: Asker, pageUrl: string): boolean {
  return PERMISSIONS.includes(permission) && isOurPage(asker, pageUrl)
}

/** The files that the page makes: the text of a terminal, exported sessions, and exported recordings. */
const SAVED = ['.txt', '.csv', '.json', '.cast']

/** Whether a download is a file that the page itself has made. */
export function maySave(download: { readonly url: string; readonly fileName: string }, pageUrl: string): boolean {
  const { url, fileName } = download
  return (
    url.startsWith('blob:') &&
    isPageUrl(url.slice('blob:'.length), pageUrl) &&
    SAVED.some((end) => fileName.endsWith(end))
  )
}

/** Whether a window may go to `url` by itself: to its page only, and no frame anywhere. */
export function mayNavigate(target: { readonly url: string; readonly isMainFrame: boolean }, pageUrl: string): boolean {
  return target.isMainFrame && isPageUrl(target.url, pageUrl)
}

/** The file that a request of the page's scheme names; undefined where it is none of ours. */
export function pagePath(url: string): string | undefined {
  return isPageUrl(url, PAGE_URL) ? new URL(url).pathname : undefined
}
