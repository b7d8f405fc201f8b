/* With CONSOLE it is segmind-studio-cli.exe, which has a console and runs cli.py instead of app.py.
   SegmindStudio.exe: runs the bundled Python in this process, so that the task bar knows the program by its own name. */
#include <windows.h>
#include <shellapi.h>
#include <stdlib.h>

typedef int (*python_main)(int, wchar_t **);

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE before, LPWSTR line, int show) {
  static wchar_t folder[32768], library[32768], app[32768];
  (void)instance; (void)before; (void)line; (void)show;
  GetModuleFileNameW(NULL, folder, 32000);
  wchar_t *end = wcsrchr(folder, L'\\');
  if (end) *end = 0;
  wcscpy(library, folder);
  wcscat(library, L"\\python");
  SetDllDirectoryW(library);
  wcscat(library, L"\\python311.dll");
  wcscpy(app, folder);
#ifdef CONSOLE
  wcscat(app, L"\\app\\cli.py");
#else
  wcscat(app, L"\\app\\app.py");
#endif
  HMODULE python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
  python_main run = python ? (python_main)(void *)GetProcAddress(python, "Py_Main") : NULL;
  if (!run) {
    MessageBoxW(NULL, L"Some files of the program are damaged. Please install Segmind Studio again.",
                L"Segmind Studio", MB_ICONERROR);
    return 1;
  }
  int count = 0, at = 0;
  wchar_t **given = CommandLineToArgvW(GetCommandLineW(), &count);
  wchar_t **words = calloc(count + 4, sizeof *words);
  words[at++] = given[0];
  words[at++] = L"-B"; /* nothing is written beside the program */
  words[at++] = app;
  for (int i = 1; i < count; i++) words[at++] = given[i];
  return run(at, words);
}

#ifdef CONSOLE
int wmain(void) { return wWinMain(NULL, NULL, NULL, 0); }
#endif
