; Setup.exe: the MSI in a wrapping. It installs nothing of its own, so Windows lists one program and removes it by the MSI.
; make_setup.py gives MSI, OUT, VERSION (three numbers) and ICON.
Unicode true
Target amd64-unicode
ManifestSupportedOS Win10
RequestExecutionLevel admin
SetCompress off ; the MSI's cabinet is packed already
Name "iduo Desktop"
OutFile "${OUT}"
Icon "${ICON}"
AutoCloseWindow true
ShowInstDetails nevershow
BrandingText " "

!include FileFunc.nsh
!include LogicLib.nsh

Page instfiles
LoadLanguageFile "${NSISDIR}/Contrib/Language files/Spanish.nlf"

VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "iduo Desktop"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Instalador de iduo Desktop"
VIAddVersionKey CompanyName "iduo"
VIAddVersionKey LegalCopyright "iduo"

Var said   ; what was said after the program's name
Var quiet  ; how much msiexec shows
Var code

; What is said goes on to msiexec as it stands (DBHOST=… and the like, /l*v log), but for NSIS's own switch.
Function WithoutOwnSwitch
  StrCpy $1 "$said "
  StrCpy $0 $1 3
  ${If} $0 == "/S "
    StrCpy $said $said "" 3
    Return
  ${EndIf}
  StrLen $2 $said
  IntOp $2 $2 - 3
  ${If} $2 >= 0
    StrCpy $0 $said "" $2
    ${If} $0 == " /S"
      StrCpy $said $said $2
    ${EndIf}
  ${EndIf}
FunctionEnd

Section
  InitPluginsDir
  File "/oname=$PLUGINSDIR\iduo-desktop.msi" "${MSI}"
  ${GetParameters} $said
  StrCpy $quiet "/qb!"
  ${If} ${Silent}
    StrCpy $quiet "/qn"
    Call WithoutOwnSwitch
  ${EndIf}
  ExecWait '"$SYSDIR\msiexec.exe" /i "$PLUGINSDIR\iduo-desktop.msi" $quiet /norestart $said' $code
  SetErrorLevel $code
  ${If} $code != 0
  ${AndIf} $code != 1641
  ${AndIf} $code != 3010
    MessageBox MB_OK|MB_ICONSTOP "No se pudo instalar iduo Desktop. Informática: el código de Windows Installer es $code." /SD IDOK
  ${EndIf}
SectionEnd
