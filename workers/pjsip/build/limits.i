// What this build allows, for the engine to read; config_site.h says it.
%constant int MAX_ACCOUNTS = PJSUA_MAX_ACC;
%constant int MAX_SOCKETS = PJ_IOQUEUE_MAX_HANDLES;
