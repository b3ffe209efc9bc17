// The platform of this computer, which decides the keyboard layout.

/** The platforms whose keys differ. */
export type Platform = 'mac' | 'windows' | 'linux'

/** Reads the platform from a browser's user agent. Pure. */
export function platformOf(userAgent: string): Platform {
  if (userAgent.includes('Mac OS')) return 'mac'
  return userAgent.includes('Windows') ? 'windows' : 'linux'
}

/** The platform of this page; Linux in tests, which have no browser. */
export const platform: Platform = platformOf(typeof navigator === 'undefined' ? '' : navigator.userAgent)
