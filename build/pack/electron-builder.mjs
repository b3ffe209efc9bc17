// How the app is packed: electron-builder --config build/pack/electron-builder.mjs. pack-check.mjs checks the result.
//
// The bundles hold everything, so no module is packed. The command line and the web host are started by Node, which the
// packed app is not.

/** Switches in Electron's binary, by electron-builder's names; true is on. pack-check.mjs reads them back. */
const fuses = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  // The page has a scheme of its own.
  grantFileProtocolExtraPrivileges: false,
}

/** electron-builder's configuration for packing on `platform`. */
export function configOn(platform) {
  return {
    ...config,
    // Turning fuses breaks the ad-hoc signature that Electron comes with, and Apple silicon starts nothing unsigned. With a
    // signing identity the app is signed again afterwards. Only macOS has the tool: elsewhere packing would fail.
    electronFuses: { ...fuses, resetAdHocDarwinSignature: platform === 'darwin' },
  }
}

const config = {
  appId: 'dev.culvert.app',
  productName: 'Culvert',
  asar: true,
  npmRebuild: false,
  // The default toolset starts the AppImage with --no-sandbox. This one asks the system first whether it has a sandbox.
  toolsets: { appimage: '1.0.3' },
  directories: { buildResources: 'build', output: 'release' },
  files: ['dist/**', '!dist/**/*.map', '!dist/{cli,web}.mjs', 'package.json', '!node_modules'],
  linux: {
    target: ['AppImage', 'tar.gz'],
    category: 'Development',
    icon: 'build/icons',
    executableName: 'culvert',
    // Set for every target, because a default of electron-builder may be --no-sandbox.
    executableArgs: [],
    synopsis: 'Desktop tunnel manager for AWS Session Manager',
  },
  mac: { target: ['dmg', 'zip'], category: 'public.app-category.developer-tools', icon: 'build/icons/icon.icns' },
  win: { target: ['nsis'], icon: 'build/icons/icon.ico' },
}

export default configOn(process.platform)
