# Writes INPUT's bytes as C++ into OUTPUT; see client/known_contracts.h.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"tools/sightline/client/known_contracts.h\"
namespace sightline::cli {
const unsigned char kKnownContracts[] = {
${bytes}};
const std::size_t kKnownContractsSize = sizeof(kKnownContracts);
}  // namespace sightline::cli
")
