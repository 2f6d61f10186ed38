; Inno Setup 6: the installer for Windows. Called by build.ps1, which says AppVersion, Built and Icons.
; Per user, without administrator's rights. Uninstalling leaves projects, which are in the user's data folder.

#ifndef AppVersion
  #error Call it through build.ps1, or with /DAppVersion=
#endif
#ifndef Built
  #define Built "..\..\build\dist\vimd-studio"
#endif
#ifndef Icons
  #define Icons "..\..\build\icons"
#endif

[Setup]
AppId={{6C7C6C0B-6B7B-4C0E-9B39-0D5A3C1C7B56}
AppName=ViMD Studio
AppVersion={#AppVersion}
AppVerName=ViMD Studio {#AppVersion}
AppPublisher=ViMD Studio
DefaultDirName={autopf}\ViMD Studio
DefaultGroupName=ViMD Studio
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile={#Icons}\vimd-studio.ico
UninstallDisplayIcon={app}\vimd-studio.exe
OutputBaseFilename=vimd-studio_{#AppVersion}_windows
Compression=lzma2/max
SolidCompression=yes
ChangesAssociations=yes
CloseApplications=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; What an older version had and this one has not.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Built}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\ViMD Studio"; Filename: "{app}\vimd-studio.exe"; AppUserModelID: "org.vimd.studio"
Name: "{autodesktop}\ViMD Studio"; Filename: "{app}\vimd-studio.exe"; Tasks: desktopicon

[Registry]
; Model bundles: offered, not taken from another program.
Root: HKA; Subkey: "Software\Classes\ViMDStudio.Model"; ValueType: string; ValueData: "Model bundle"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\ViMDStudio.Model\DefaultIcon"; ValueType: string; ValueData: "{app}\vimd-studio.exe,0"
Root: HKA; Subkey: "Software\Classes\ViMDStudio.Model\shell\open\command"; ValueType: string; ValueData: """{app}\vimd-studio.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.safetensors\OpenWithProgids"; ValueType: string; ValueName: "ViMDStudio.Model"; ValueData: ""; Flags: uninsdeletevalue
; Projects are folders NAME.vimd, and folders of captures are folders too.
Root: HKA; Subkey: "Software\Classes\Directory\shell\ViMDStudio"; ValueType: string; ValueData: "Open with ViMD Studio"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\ViMDStudio"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\vimd-studio.exe"
Root: HKA; Subkey: "Software\Classes\Directory\shell\ViMDStudio\command"; ValueType: string; ValueData: """{app}\vimd-studio.exe"" ""%1"""

[Run]
Filename: "{app}\vimd-studio.exe"; Description: "{cm:LaunchProgram,ViMD Studio}"; Flags: nowait postinstall skipifsilent
