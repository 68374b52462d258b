declare module 'virtual:packaged' {
  const files: Readonly<Record<string, string>>;
  export default files;
}
