// Which keyboard this computer has.

/** The systems whose keys differ. */
export type Platform = 'mac' | 'windows' | 'linux'

/** Reads the platform from what a browser says of itself. Pure. */
export function platformOf(userAgent: string): Platform {
  if (userAgent.includes('Mac OS')) return 'mac'
  return userAgent.includes('Windows') ? 'windows' : 'linux'
}

/** The platform of this page; in tests, which have no browser, a Linux one. */
export const platform: Platform = platformOf(typeof navigator === 'undefined' ? '' : navigator.userAgent)
