/** What tests look at in electron-builder's configuration for packing on `platform`. */
export function configOn(platform: NodeJS.Platform): {
  readonly toolsets: { readonly appimage: string }
  readonly linux: { readonly executableArgs: readonly string[] }
  readonly electronFuses: Readonly<Record<string, boolean>>
}
