/** Read by svelte-check and editors; the compiler's options are in `vite.config.ts`. */
export default { compilerOptions: { runes: true } };
