#!/usr/bin/env bash
# Builds "ViMD Studio.app" and its disk image on macOS: bash installer/macos/build_dmg.sh
# Signing and notarisation, by variables:
#   VIMD_SIGN_IDENTITY   "Developer ID Application: ..."; without it the app is signed for this Mac alone
#   VIMD_NOTARY_PROFILE  a profile that `xcrun notarytool store-credentials` has made; without it Apple is not asked
set -euo pipefail

build=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build
export VIMD_ENVIRONMENT="$build/environment"

# shellcheck source=installer/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../environment.sh"

[[ $(uname -s) == Darwin ]] || fail "A disk image of macOS is made on macOS."
export PYTHONHASHSEED=0
prepare_environment run
"$environment/python" -m pip install --quiet --constraint "$repository/installer/constraints.txt" pyinstaller
cd "$repository"
"$environment/python" installer/icons.py "$build/icons"
"$environment/python" -m PyInstaller --noconfirm --log-level WARN \
    --distpath "$build/dist" --workpath "$build/work" installer/vimd.spec

app="$build/dist/ViMD Studio.app"
version=$("$environment/python" installer/contents.py)
# Every library by itself and the whole last, as Apple wants it.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    xargs -0 codesign --force --timestamp --options runtime --sign "${VIMD_SIGN_IDENTITY:--}"
codesign --force --timestamp --options runtime --entitlements "$repository/installer/macos/entitlements.plist" \
    --sign "${VIMD_SIGN_IDENTITY:--}" "$app/Contents/MacOS/vimd"
codesign --force --timestamp --options runtime --entitlements "$repository/installer/macos/entitlements.plist" \
    --sign "${VIMD_SIGN_IDENTITY:--}" "$app"
codesign --verify --deep --strict "$app"
"$app/Contents/MacOS/vimd" doctor

mkdir -p dist
image="dist/vimd-studio_${version}_$(uname -m).dmg"
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname "ViMD Studio" -srcfolder "$staging" -format ULMO -ov "$image"
if [[ -n ${VIMD_NOTARY_PROFILE:-} ]]; then
    codesign --force --timestamp --sign "$VIMD_SIGN_IDENTITY" "$image"
    xcrun notarytool submit "$image" --keychain-profile "$VIMD_NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
(cd dist && shasum -a 256 "$(basename "$image")" >SHA256SUMS)
