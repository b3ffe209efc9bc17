// The preload of a window: exposes one object, the raw ends of a Link (`Bridge` in shared/api.ts). Decides nothing.
//
// Sandboxed: of Electron it has these two modules, of Node next to nothing.

import { contextBridge, ipcRenderer } from 'electron'
import { createBridge } from './window/bridge'

contextBridge.exposeInMainWorld('culvert', createBridge(ipcRenderer, crypto.randomUUID()))
