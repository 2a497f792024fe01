export default {
  title: "Why an airdrop does not run in parallel",
  vue: {
    // Vue leaves this element to the browser.
    template: { compilerOptions: { isCustomElement: (tag) => tag === "evm-playground" } },
  },
};
