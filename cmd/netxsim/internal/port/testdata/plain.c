#include "tx_api.h"
TX_SEMAPHORE done;
int main(void) { tx_semaphore_create(&done, "done", 0); return tx_semaphore_get(&done, TX_NO_WAIT); }
