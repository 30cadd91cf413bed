/* Wine 8 has no bcryptprimitives.dll; programs in Rust (cryptography) ask it for chance alone. For the lab only. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    return RtlGenRandom(data, (ULONG)length);
}
