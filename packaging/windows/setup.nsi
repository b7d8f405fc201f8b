; The setup program: for one user, without administrator rights. package_windows.py defines VERSION, LIST (the
; files, in order), SIZE_KB, ICON and TARGET.
Unicode true
Target amd64-unicode
!include MUI2.nsh
!include FileFunc.nsh
!define NAME "Segmind Studio"
!define PROGRAM "SegmindStudio.exe"
!define ID "SegmindStudio"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define CLASSES "Software\Classes"

Name "${NAME}"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${NAME}" "InstallDir"
RequestExecutionLevel user
!ifdef PLAIN ; nothing is packed, for tests
SetCompress off
!else
SetCompressor /SOLID lzma
SetCompressorDictSize 64
!endif
SetDateSave on
ManifestDPIAware true
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME} Setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
; Those of the program; Windows's own language is taken, else the first.
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "Arabic"

LangString OPEN ${LANG_ENGLISH} "${NAME} is open. Please close it, then press Retry."
LangString OPEN ${LANG_GERMAN} "${NAME} ist geöffnet. Bitte schließen, dann „Wiederholen“ drücken."
LangString OPEN ${LANG_SPANISH} "${NAME} está abierto. Ciérralo y pulsa Reintentar."
LangString OPEN ${LANG_FRENCH} "${NAME} est ouvert. Fermez-le, puis cliquez sur Réessayer."
LangString OPEN ${LANG_JAPANESE} "${NAME} が開いています。閉じてから「再試行」を押してください。"
LangString OPEN ${LANG_SIMPCHINESE} "${NAME} 正在运行。请先关闭，然后按“重试”。"
LangString OPEN ${LANG_ARABIC} "${NAME} مفتوح. أغلقه، ثم اضغط «إعادة المحاولة»."
LangString DATA ${LANG_ENGLISH} "Remove your datasets, runs and settings too? They are kept when you press No."
LangString DATA ${LANG_GERMAN} "Auch deine Datensätze, Läufe und Einstellungen löschen? Mit „Nein“ bleiben sie erhalten."
LangString DATA ${LANG_SPANISH} "¿Eliminar también tus conjuntos de datos, ejecuciones y ajustes? Si pulsas No, se conservan."
LangString DATA ${LANG_FRENCH} "Supprimer aussi vos jeux de données, vos sessions et vos réglages ? Avec Non, ils sont conservés."
LangString DATA ${LANG_JAPANESE} "データセット、トレーニング、設定も削除しますか？「いいえ」を押すと残ります。"
LangString DATA ${LANG_SIMPCHINESE} "是否同时删除数据集、任务和设置？按“否”会保留它们。"
LangString DATA ${LANG_ARABIC} "هل تريد أيضًا حذف مجموعات بياناتك وعملياتك وإعداداتك؟ تبقى محفوظة إذا ضغطت «لا»."
LangString ADD ${LANG_ENGLISH} "Add to ${NAME}"
LangString ADD ${LANG_GERMAN} "Zu ${NAME} hinzufügen"
LangString ADD ${LANG_SPANISH} "Añadir a ${NAME}"
LangString ADD ${LANG_FRENCH} "Ajouter à ${NAME}"
LangString ADD ${LANG_JAPANESE} "${NAME} に追加"
LangString ADD ${LANG_SIMPCHINESE} "添加到 ${NAME}"
LangString ADD ${LANG_ARABIC} "إضافة إلى ${NAME}"

; A program that runs cannot be replaced: ask until its file can be written.
!macro WAIT_UNTIL_CLOSED
  retry:
    IfFileExists "$INSTDIR\${PROGRAM}" 0 closed
    ClearErrors
    FileOpen $0 "$INSTDIR\${PROGRAM}" a
    IfErrors 0 writable
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(OPEN)" /SD IDCANCEL IDRETRY retry
    SetErrorLevel 3
    Abort
  writable:
    FileClose $0
  closed:
!macroend

; What the program brought, and nothing that a person may have put beside it.
!macro REMOVE_PROGRAM
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\app"
  Delete "$INSTDIR\${PROGRAM}"
  Delete "$INSTDIR\segmind-studio-cli.exe"
!macroend

!macro OPEN_WITH EXTENSION
  WriteRegStr HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids" "${ID}.Photo" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${PROGRAM}\SupportedTypes" "${EXTENSION}" ""
!macroend

Section
  SetShellVarContext current
  !insertmacro WAIT_UNTIL_CLOSED
  !insertmacro REMOVE_PROGRAM ; of an older version: files it alone had must not stay
  !include "${LIST}"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}"

  WriteRegStr HKCU "Software\${NAME}" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Segmind Studio developers"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1

  ; "Open with" for what the program takes in. It makes itself nobody's first choice.
  WriteRegStr HKCU "${CLASSES}\${ID}.Photo" "" "${NAME}"
  WriteRegStr HKCU "${CLASSES}\${ID}.Photo\DefaultIcon" "" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${CLASSES}\${ID}.Photo\shell\open\command" "" '"$INSTDIR\${PROGRAM}" "%1"'
  WriteRegStr HKCU "${CLASSES}\Applications\${PROGRAM}" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "${CLASSES}\Applications\${PROGRAM}\shell\open\command" "" '"$INSTDIR\${PROGRAM}" "%1"'
  !insertmacro OPEN_WITH ".jpg"
  !insertmacro OPEN_WITH ".jpeg"
  !insertmacro OPEN_WITH ".png"
  !insertmacro OPEN_WITH ".webp"
  !insertmacro OPEN_WITH ".heic"
  !insertmacro OPEN_WITH ".heif"
  !insertmacro OPEN_WITH ".avif"
  !insertmacro OPEN_WITH ".tif"
  !insertmacro OPEN_WITH ".tiff"
  !insertmacro OPEN_WITH ".bmp"
  !insertmacro OPEN_WITH ".gif"
  !insertmacro OPEN_WITH ".zip"
  WriteRegStr HKCU "${CLASSES}\Directory\shell\${ID}" "" "$(ADD)"
  WriteRegStr HKCU "${CLASSES}\Directory\shell\${ID}" "Icon" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${CLASSES}\Directory\shell\${ID}\command" "" '"$INSTDIR\${PROGRAM}" "%1"'
  ${RefreshShellIcons}
SectionEnd

!macro NOT_OPEN_WITH EXTENSION
  DeleteRegValue HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids" "${ID}.Photo"
!macroend

Section Uninstall
  SetShellVarContext current
  !insertmacro WAIT_UNTIL_CLOSED
  Delete "$SMPROGRAMS\${NAME}.lnk"
  !insertmacro REMOVE_PROGRAM
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\${NAME}"
  DeleteRegKey HKCU "${CLASSES}\${ID}.Photo"
  DeleteRegKey HKCU "${CLASSES}\Applications\${PROGRAM}"
  DeleteRegKey HKCU "${CLASSES}\Directory\shell\${ID}"
  !insertmacro NOT_OPEN_WITH ".jpg"
  !insertmacro NOT_OPEN_WITH ".jpeg"
  !insertmacro NOT_OPEN_WITH ".png"
  !insertmacro NOT_OPEN_WITH ".webp"
  !insertmacro NOT_OPEN_WITH ".heic"
  !insertmacro NOT_OPEN_WITH ".heif"
  !insertmacro NOT_OPEN_WITH ".avif"
  !insertmacro NOT_OPEN_WITH ".tif"
  !insertmacro NOT_OPEN_WITH ".tiff"
  !insertmacro NOT_OPEN_WITH ".bmp"
  !insertmacro NOT_OPEN_WITH ".gif"
  !insertmacro NOT_OPEN_WITH ".zip"
  ${RefreshShellIcons}
  ; Silent means No: data goes only when a person said so. The keys stay in the Credential Locker; Settings removes them.
  IfFileExists "$LOCALAPPDATA\segmind-studio\*.*" 0 done
  MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(DATA)" /SD IDNO IDNO done
  RMDir /r "$LOCALAPPDATA\segmind-studio"
  done:
SectionEnd
