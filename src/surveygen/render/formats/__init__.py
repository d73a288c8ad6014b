"""Output formats: every module here is one."""
