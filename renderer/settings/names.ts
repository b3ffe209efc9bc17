// The names of settings and their values, shared by the settings, the menus and the palette.

/** The themes in display order. */
export const THEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'system', label: 'Follow the system' },
] as const

/** The densities in display order. */
export const DENSITIES = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact' },
] as const

/** The settings that are named in more than one place. */
export const SETTING_TITLES = {
  theme: 'Theme',
  density: 'Density',
  keepRunning: 'Keep running when the window is closed',
} as const
