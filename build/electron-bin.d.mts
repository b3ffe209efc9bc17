/** The path of Electron's executable, or undefined. */
export function electronBinary(): string | undefined
/** Fetches Electron within `timeoutMs`. Resolves undefined when it is there, else why not. `signal` ends it before. */
export function fetchElectron(timeoutMs: number, signal?: AbortSignal): Promise<string | undefined>
