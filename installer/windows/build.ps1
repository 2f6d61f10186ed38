<#
.SYNOPSIS
Builds the packaged app and its installer on Windows: powershell -File installer\windows\build.ps1
.DESCRIPTION
Makes an environment of its own from the constraints, builds the folder with PyInstaller, and the installer with
Inno Setup 6 (ISCC.exe on the path, or where its own installer puts it). What comes out is in dist\.
.PARAMETER Python
The Python 3.11, 3.12 or 3.13 to build with.
.PARAMETER CertificateThumbprint
Signs the executables and the installer with this certificate of the user's store, by signtool.
#>
param(
    [string]$Python = "python",
    [string]$CertificateThumbprint = "",
    [string]$TimestampServer = "http://timestamp.digicert.com"
)
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest

$repository = (Resolve-Path (Join-Path $PSScriptRoot "..\..")).Path
$build = Join-Path $repository "build"
$dist = Join-Path $repository "dist"
$environment = Join-Path $build "environment"
$environmentPython = Join-Path $environment "Scripts\python.exe"

function Invoke-Step([string]$Program, [string[]]$Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE" }
}

function Add-Signature([string[]]$Files) {
    if ($CertificateThumbprint -eq "") { return }
    Invoke-Step "signtool" (@("sign", "/sha1", $CertificateThumbprint, "/fd", "SHA256", "/td", "SHA256", "/tr", $TimestampServer) + $Files)
}

function Find-InnoSetup {
    $found = Get-Command "ISCC.exe" -ErrorAction SilentlyContinue
    if ($found) { return $found.Source }
    foreach ($folder in @(${env:ProgramFiles(x86)}, $env:ProgramFiles, (Join-Path $env:LOCALAPPDATA "Programs"))) {
        $path = Join-Path $folder "Inno Setup 6\ISCC.exe"
        if (Test-Path $path) { return $path }
    }
    throw "Inno Setup 6 is not there: install it from jrsoftware.org"
}

$env:PYTHONHASHSEED = "0"
$env:VIMD_ENVIRONMENT = $environment
Push-Location $repository
try {
    New-Item -ItemType Directory -Force -Path $build, $dist | Out-Null
    Invoke-Step $Python @("installer\set_up.py", "run")
    Invoke-Step $environmentPython @("-m", "pip", "install", "--quiet", "--constraint", "installer\constraints.txt", "pyinstaller")
    Invoke-Step $environmentPython @("installer\icons.py", (Join-Path $build "icons"))
    Invoke-Step $environmentPython @("-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
        "--distpath", (Join-Path $build "dist"), "--workpath", (Join-Path $build "work"), "installer\vimd.spec")
    $built = Join-Path $build "dist\vimd-studio"
    Add-Signature @((Join-Path $built "vimd-studio.exe"), (Join-Path $built "vimd.exe"))
    Invoke-Step (Join-Path $built "vimd.exe") @("doctor")
    $version = & $environmentPython "installer\contents.py"
    if ($LASTEXITCODE -ne 0) { throw "There is no version" }
    Invoke-Step (Find-InnoSetup) @("/Qp", "/DAppVersion=$version", "/DBuilt=$built", "/DIcons=$(Join-Path $build 'icons')",
        "/O$dist", "installer\windows\vimd-studio.iss")
    $installer = Join-Path $dist "vimd-studio_${version}_windows.exe"
    Add-Signature @($installer)
    $sum = (Get-FileHash -Algorithm SHA256 $installer).Hash.ToLowerInvariant()
    Set-Content -Encoding ascii -Path (Join-Path $dist "SHA256SUMS") -Value "$sum  $(Split-Path -Leaf $installer)"
}
finally {
    Pop-Location
}
