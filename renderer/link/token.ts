// The page's token for its host: it arrives in the fragment of the address and is removed from there at once.
//
// An address is visible, stored in the history and shared, so the token must not stay in it. The token is stored for this tab
// only, where a reload finds it; another tab needs the whole address again. Owns that one entry of the tab's storage. Does not
// own the address itself, nor the page shown after a refusal (frame/Refused.tsx).

const KEY = 'culvert.token'

/** The part of a browser window that is used here. */
export interface TokenWindow {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>
  readonly history: Pick<History, 'replaceState'>
  /** Reading it throws if the browser blocks storage for the page. */
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

/** The token of this tab: from the address, which then loses it, or else from the storage; undefined if there is none. */
export function takeToken(window: TokenWindow): string | undefined {
  const { location, history } = window
  const token = location.hash.slice(1)
  if (token === '') return attempt(() => window.sessionStorage.getItem(KEY)) ?? undefined
  attempt(() => window.sessionStorage.setItem(KEY, token))
  history.replaceState(null, '', location.pathname + location.search)
  return token
}

/** Deletes the stored token, because the host does not accept it. */
export function forgetToken(window: TokenWindow): void {
  attempt(() => window.sessionStorage.removeItem(KEY))
}

/** Ignores errors of blocked storage: the page then works until it is reloaded. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
