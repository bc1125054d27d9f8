# Writes the styles and scripts of FOLDER as C++ into OUTPUT; see
# report_assets.h.
set(code "#include \"tools/sightline/report/report_assets.h\"
namespace sightline::cli {
")
foreach(text report.css=ReportStyle report.js=ReportScript
             map.css=MapStyle map.js=MapScript)
  string(REPLACE "=" ";" pair ${text})
  list(GET pair 0 file)
  list(GET pair 1 function)
  file(READ ${FOLDER}/${file} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND code "namespace {
const unsigned char k${function}[] = {${bytes}};
}  // namespace
absl::string_view ${function}() {
  return {reinterpret_cast<const char*>(k${function}), ${size}};
}
")
endforeach()
file(WRITE ${OUTPUT} "${code}}  // namespace sightline::cli\n")
