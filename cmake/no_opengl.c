// The archive of OpenCV's core asks GLX for OpenGL's functions when somebody
// draws with OpenGL. Nobody does here: with this in GLX's place, nothing of X11
// and OpenGL is needed. OpenCV throws where a function is missing.
void (*glXGetProcAddressARB(const unsigned char* name))(void) {
  (void)name;
  return 0;
}
