// The token that a page shows to its host: it comes in the fragment of the address, and stays out of sight from then on.
//
// An address is shown, kept in the history and copied along, so the fragment is taken out of it at once. The token is kept for
// this tab alone, where a reload finds it: another tab is opened by the whole address again. Owns that one entry of the tab's
// storage. Does not own the address itself, nor what a refusal looks like (frame/Refused.tsx).

const KEY = 'culvert.token'

/** The part of a browser's window that is used. */
export interface TokenWindow {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>
  readonly history: Pick<History, 'replaceState'>
  /** Reading it throws where the browser allows a page to keep nothing. */
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

/** The token of this tab: the one of the address, which is then taken out of it, else the one that was kept; undefined without. */
export function takeToken(window: TokenWindow): string | undefined {
  const { location, history } = window
  const token = location.hash.slice(1)
  if (token === '') return attempt(() => window.sessionStorage.getItem(KEY)) ?? undefined
  attempt(() => window.sessionStorage.setItem(KEY, token))
  history.replaceState(null, '', location.pathname + location.search)
  return token
}

/** Forgets the token that was kept: the host does not know it. */
export function forgetToken(window: TokenWindow): void {
  attempt(() => window.sessionStorage.removeItem(KEY))
}

/** A page that may keep nothing works until it is reloaded. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
