//! Discovery, configuration, virtual file system and the incremental host.
