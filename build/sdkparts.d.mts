import type { Plugin } from 'esbuild'

export function takenNames(source: string, file: string): { readonly from: string; readonly name: string }[]
export function plainKeys(code: string): string
export function sdkParts(folder: string): Plugin
