// What the settings and their values are called: here, in menus and in the palette alike.

/** The themes in their order. */
export const THEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'system', label: 'Follow the system' },
] as const

/** The densities in their order. */
export const DENSITIES = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact' },
] as const

/** The settings that more than one place names. */
export const SETTING_TITLES = {
  theme: 'Theme',
  density: 'Density',
  keepRunning: 'Keep running when the window is closed',
} as const
