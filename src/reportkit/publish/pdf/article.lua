-- A report's article for Typst. Every text becomes a string literal, so that none of it can be read as Typst's markup
-- or code; tables and pictures are written here, since pandoc's own writer drops what a screen reader needs of them.

local TYPST = "typst"

-- The kinds of cells, as the template names them, and a letter for each.
local HEAD, STUB, DATA = "head", "stub", "data"
local LINKS = { ["http:"] = true, ["https:"] = true, ["mailto:"] = true, ["tel:"] = true }
-- Figures of more characters than these, quotation marks included, may need more room than their columns have.
local WIDE = 6
-- A row whose cells hold no more than this is never torn at the end of a page.
local LONG = 100
-- What headings within a paragraph are numbered by, and how many characters they have at most.
local NUMERALS, LONGEST_HEADING = {}, 40
for _, code in utf8.codes("一二三四五六七八九十") do
  NUMERALS[code] = true
end
local LETTERS = { head = "H", stub = "S", data = "D" }

-- The heading that was written last: its level, and what it says behind its number.
local deepest, last_title = 0, ""

local function literal(text)
  local quoted = text:gsub("[\0-\31\127]", " "):gsub('[\\"]', "\\%0")
  return '"' .. quoted .. '"'
end

-- ------------------------------------------------------------- what is no plain text

-- Typst reads the picture from what the template is given, by its name.
local function picture(image)
  local size = image.attributes.width
  local width = size and tonumber(size:match("^[%d.]+"))
  return pandoc.RawInline(
    TYPST,
    string.format(
      "#picture(%s, alt: %s, width: %s);",
      literal(image.src),
      literal(pandoc.utils.stringify(image.caption)),
      width and string.format("%.2fpt", width * 0.75) or "auto"
    )
  )
end

local function quoted(inline)
  local double = inline.quotetype == "DoubleQuote"
  inline.content:insert(1, pandoc.Str(double and "“" or "‘"))
  inline.content:insert(pandoc.Str(double and "”" or "’"))
  return inline.content
end

local function link(inline)
  if LINKS[inline.target:match("^%a+:")] then
    inline.content:insert(1, pandoc.RawInline(TYPST, "#link(" .. literal(inline.target) .. ")["))
    inline.content:insert(pandoc.RawInline(TYPST, "];"))
  end
  return inline.content
end

local function as_text(inline)
  return pandoc.Str(inline.text)
end

local function unwrapped(element)
  return element.content
end

-- ---------------------------------------------------------------------------- text

-- Texts that stand together, as one literal.
local function joined(inlines)
  local written, words = pandoc.List(), pandoc.List()
  local function finish()
    if #words > 0 then
      written:insert(pandoc.RawInline(TYPST, "#" .. literal(table.concat(words)) .. ";"))
      words = pandoc.List()
    end
  end
  for _, inline in ipairs(inlines) do
    local tag = inline.tag
    if tag == "Str" then
      words:insert(inline.text)
    elseif tag == "Space" or tag == "SoftBreak" then
      words:insert(" ")
    else
      finish()
      written:insert(tag == "LineBreak" and pandoc.RawInline(TYPST, "#linebreak();") or inline)
    end
  end
  finish()
  return written
end

-- A paragraph that begins with （一）: its first sentence is a heading, or the whole if it is that short.
local function paragraph(block)
  local first = block.content[1]
  local text = first and first.tag == "RawInline" and first.text:match('^#"(.*)";$')
  local number = text and (text:match("^（(.-)）") or text:match("^%((.-)%)"))
  if not number or number == "" then
    return nil
  end
  for _, code in utf8.codes(number) do
    if not NUMERALS[code] then
      return nil
    end
  end
  local _, stop = text:find("。", 1, true)
  local heading = text:sub(1, stop)
  if utf8.len(heading) > LONGEST_HEADING then
    return nil
  elseif #block.content == 1 and #heading == #text then
    return pandoc.Plain({ pandoc.RawInline(TYPST, '#alone("' .. heading .. '");') })
  elseif stop then
    block.content[1] = pandoc.RawInline(TYPST, '#run-in("' .. heading .. '");#"' .. text:sub(#heading + 1) .. '";')
    return block
  end
end

-- Text whose lines stay as they are.
local function lines(block)
  local written = pandoc.List()
  for line in (block.text .. "\n"):gmatch("(.-)\n") do
    written:insert({ pandoc.RawInline(TYPST, "#" .. literal(line) .. ";") })
  end
  return pandoc.LineBlock(written)
end

-- -------------------------------------------------------------------------- tables

-- A table is taken over from pandoc at once, as plain values in the form of its JSON: asking it for each property of
-- each cell takes longer than all the rest. There a cell is its attributes, its alignment, the rows and columns that it
-- spans, and its blocks.
local ALIGNMENT, ROWS, COLUMNS, BLOCKS = 2, 3, 4, 5
local ALIGNMENTS = { AlignLeft = "left", AlignRight = "right", AlignCenter = "center" }

local function scope(cell)
  for _, attribute in ipairs(cell[1][3]) do
    if attribute[1] == "scope" then
      return attribute[2]
    end
  end
end

-- The texts that a list of pandoc's holds, as they were written; nothing if it holds anything else.
local function texts(inlines)
  local written = {}
  for _, inline in ipairs(inlines) do
    if inline.t ~= "RawInline" then
      return nil
    end
    table.insert(written, inline.c[2])
  end
  return table.concat(written)
end

-- What a cell holds. Mostly it is a text alone, for which pandoc's writer need not be started.
local function content(blocks)
  if #blocks == 0 then
    return ""
  end
  local text = #blocks == 1 and blocks[1].t == "Plain" and texts(blocks[1].c)
  if text then
    return text
  end
  local document = pandoc.Pandoc(pandoc.json.decode(pandoc.json.encode(blocks)))
  return (pandoc.write(document, { format = TYPST }, { wrap_text = "none" }):gsub("%s+$", ""))
end

-- A figure that is wider than most columns may be made smaller; its words cannot be broken.
local function fitted(written)
  return (written:gsub('^#("[%d,.+%-]+");$', function(figure)
    return #figure > WIDE and "#fit(" .. figure .. ");" or nil
  end))
end

local function arguments(cell, breakable)
  local given = {}
  if breakable then
    table.insert(given, "breakable: true")
  end
  if cell[ROWS] > 1 then
    table.insert(given, string.format("rowspan: %d", cell[ROWS]))
  end
  if cell[COLUMNS] > 1 then
    table.insert(given, string.format("colspan: %d", cell[COLUMNS]))
  end
  local align = ALIGNMENTS[cell[ALIGNMENT].t]
  if align then
    table.insert(given, "align: horizon + " .. align)
  end
  return table.concat(given, ", ")
end

-- What the cell is, by what it says that it heads.
local function kind(cell, in_head)
  if in_head then
    return HEAD
  end
  local heads = scope(cell)
  return (heads == "row" or heads == "rowgroup") and STUB or DATA
end

-- Whether a row of a body heads what is below it: it heads a column, or names the group of all rows.
local function is_head(cells, columns)
  for _, cell in ipairs(cells) do
    local heads = scope(cell)
    if heads == "col" or heads == "colgroup" or (heads == "rowgroup" and cell[COLUMNS] >= columns) then
      return true
    end
  end
  return false
end

local function widths(colspecs)
  local written = {}
  for _, spec in ipairs(colspecs) do
    table.insert(written, spec[2].t == "ColWidth" and string.format("%.4f%%", spec[2].c * 100) or "auto")
  end
  return "(" .. table.concat(written, ", ") .. ",)"
end

-- What a caption says, as it stands in a literal.
local function said_in(blocks)
  local said = {}
  for _, block in ipairs(blocks) do
    for _, inline in ipairs(block.c) do
      table.insert(said, inline.t == "RawInline" and inline.c[2]:match('^#"(.*)";$') or nil)
    end
  end
  return table.concat(said)
end

local function written_table(element)
  local _, caption, colspecs, head, bodies, foot = table.unpack(
    pandoc.json.decode(pandoc.json.encode(element), false).c
  )
  local letters, lines = {}, {}

  local function row(cells, in_head)
    local held, long = {}, false
    for position, cell in ipairs(cells) do
      held[position] = fitted(content(cell[BLOCKS]))
      long = long or utf8.len(held[position]) > LONG
    end
    local written = {}
    for position, cell in ipairs(cells) do
      local name = kind(cell, in_head)
      table.insert(letters, LETTERS[name])
      table.insert(written, string.format("%s(%s)[%s]", name, arguments(cell, long), held[position]))
    end
    return "  " .. table.concat(written, ", ")
  end

  local function rows(list, in_head)
    local written = {}
    for _, cells in ipairs(list) do
      if #cells > 0 then
        table.insert(written, row(cells, in_head))
      end
    end
    if #written > 0 then
      local all = table.concat(written, ",\n")
      table.insert(lines, in_head and "  table.header(\n" .. all .. ")" or all)
    end
  end

  local function cells_of(list)
    local all = {}
    for _, one in ipairs(list) do
      table.insert(all, one[2])
    end
    return all
  end

  rows(cells_of(head[2]), true)
  for _, body in ipairs(bodies) do
    local heads, others = cells_of(body[3]), {}
    for _, cells in ipairs(cells_of(body[4])) do
      table.insert(#others == 0 and is_head(cells, #colspecs) and heads or others, cells)
    end
    rows(heads, true)
    rows(others, false)
  end
  rows(cells_of(foot[2]), false)

  if #letters == 0 then
    return {}
  end
  -- The heading above a statutory table says what its caption says.
  local summary = said_in(caption[2])
  local shown = summary ~= "" and summary ~= last_title and '"' .. summary .. '"' or "none"
  return pandoc.RawBlock(
    TYPST,
    string.format(
      '// cells %s "%s"\n#statutory(caption: %s, columns: %s,\n%s)',
      table.concat(letters),
      summary,
      shown,
      widths(colspecs),
      table.concat(lines, ",\n")
    )
  )
end

-- ------------------------------------------------------------- headings and figures

-- A heading is one level below the one before it at most, and says something: PDF/UA asks for both. (Pandoc's own
-- writer ends it where its first line ends.)
local function written_heading(header)
  local said = {}
  header.content:walk({
    RawInline = function(inline)
      table.insert(said, inline.text:match('^#"(.*)";$'))
    end,
  })
  last_title = table.concat(said)
  if not last_title:match("%S") then
    return {}
  end
  last_title = last_title:gsub("^.-、", "")
  deepest = math.min(header.level, deepest + 1)
  header.content:insert(1, pandoc.RawInline(TYPST, "#heading(level: " .. deepest .. ")["))
  header.content:insert(pandoc.RawInline(TYPST, "];"))
  return pandoc.Plain(header.content)
end

local function written_figure(figure)
  local blocks = pandoc.List({ pandoc.RawBlock(TYPST, "#figure-with-caption[") })
  blocks:extend(figure.content)
  blocks:insert(pandoc.RawBlock(TYPST, "]["))
  blocks:extend(figure.caption.long)
  blocks:insert(pandoc.RawBlock(TYPST, "]"))
  return blocks
end

-- First what stands in a line, then lines, then blocks: pandoc goes by the kinds of elements.
return {
  {
    RawInline = as_text,
    Math = as_text,
    Code = as_text,
    Quoted = quoted,
    Span = unwrapped,
    Cite = unwrapped,
    Link = link,
    Image = picture,
    Inlines = joined,
    RawBlock = lines,
    CodeBlock = lines,
    Div = unwrapped,
    Para = paragraph,
    Header = written_heading,
    Table = written_table,
    Figure = written_figure,
  },
}
