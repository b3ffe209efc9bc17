// The application menu as data. Small on purpose: while a terminal has the focus, keys belong to the shell, and the app's commands are
// in its page.

/** One entry, as Electron's menu templates have it. */
export interface MenuEntry {
  readonly label?: string
  readonly role?:
    | 'about'
    | 'hide'
    | 'hideOthers'
    | 'unhide'
    | 'quit'
    | 'undo'
    | 'redo'
    | 'cut'
    | 'copy'
    | 'paste'
    | 'selectAll'
    | 'resetZoom'
    | 'zoomIn'
    | 'zoomOut'
    | 'togglefullscreen'
    | 'toggleDevTools'
    | 'reload'
    | 'minimize'
    | 'zoom'
    | 'front'
  readonly type?: 'separator'
  readonly accelerator?: string
  readonly submenu?: MenuEntry[]
}

const separator: MenuEntry = { type: 'separator' }

const edit: MenuEntry = {
  label: 'Edit',
  submenu: [
    { role: 'undo' },
    { role: 'redo' },
    separator,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
  ],
}

function view(isDevelopment: boolean): MenuEntry {
  return {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
      ...(isDevelopment ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
    ],
  }
}

/** The menu. No entry closes the window or reloads the page by a key that shells use; reload is for development only. */
export function menuTemplate(platform: NodeJS.Platform, isDevelopment: boolean): MenuEntry[] {
  if (platform !== 'darwin') {
    return [
      { label: 'File', submenu: [{ role: 'quit', label: 'Quit Culvert', accelerator: 'Ctrl+Q' }] },
      edit,
      view(isDevelopment),
    ]
  }
  return [
    {
      label: 'Culvert',
      submenu: [
        { role: 'about' },
        separator,
        { role: 'hide' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        separator,
        { role: 'quit' },
      ],
    },
    edit,
    view(isDevelopment),
    { label: 'Window', submenu: [{ role: 'minimize' }, { role: 'zoom' }, separator, { role: 'front' }] },
  ]
}
